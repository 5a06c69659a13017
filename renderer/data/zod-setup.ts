/**
 * The content security policy forbids eval, which zod would try. Its schemas look at this when they
 * are made, so the entry imports this module before anything else.
 */
import { z } from "zod";

z.config({ jitless: true });
