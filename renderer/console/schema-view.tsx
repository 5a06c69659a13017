import classes from "./console.module.css";
import { type JsonSchema, limitWords, objectsIn, typeWords } from "./json-schema.ts";

/** Deeper than this a schema is better read in the OpenAPI document. */
const depthMax = 6;

/** The properties of a schema as a nested list: name, type, limits, meaning. */
export function SchemaView({
  schema,
  depth = 0,
}: {
  readonly schema: JsonSchema;
  readonly depth?: number;
}) {
  const objects = objectsIn(schema);
  if (objects.length === 0 || depth > depthMax) {
    return <p className={classes.schemaLeaf}>{typeWords(schema)}</p>;
  }
  return objects.map((object) => (
    <ul key={Object.keys(object.properties ?? {}).join()} className={classes.schema}>
      {Object.entries(object.properties ?? {}).map(([name, property]) => (
        <li key={name}>
          <span className="mono">{name}</span>{" "}
          <span className={classes.schemaType}>{typeWords(property)}</span>{" "}
          {object.required?.includes(name) ? (
            <span className="soft">required</span>
          ) : (
            <span className="soft">optional</span>
          )}
          {limitWords(property).map((words) => (
            <span key={words} className="soft">
              , {words}
            </span>
          ))}
          {property.description && <p className={classes.schemaText}>{property.description}</p>}
          {objectsIn(property).length > 0 && <SchemaView schema={property} depth={depth + 1} />}
        </li>
      ))}
      {Object.keys(object.properties ?? {}).length === 0 && <li className="soft">No fields</li>}
    </ul>
  ));
}
