/** Origins that a user names: exact ones alone, no pattern, no path, and not "null", which anybody can have. */

const originsMax = 8;

/** @returns the origins, or a sentence's end that says what is wrong with the list */
export function readOrigins(text: string): readonly string[] | { readonly mistake: string } {
  const origins = [...new Set(text.split(",").map((each) => each.trim()))];
  const wrong = origins.find((each) => !isOrigin(each));
  if (wrong !== undefined) {
    return {
      mistake: `names "${wrong}"; accepted are whole origins such as chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn or https://app.example.`,
    };
  }
  if (origins.length <= originsMax) return origins;
  return { mistake: `names ${origins.length} origins; at most ${originsMax} are accepted.` };
}

function isOrigin(text: string): boolean {
  if (/^(chrome|moz)-extension:\/\/[a-z0-9-]{8,64}$/.test(text)) return true;
  if (!/^https?:\/\/[a-z0-9.:[\]-]+$/.test(text)) return false;
  return URL.canParse(text) && new URL(text).origin === text;
}
