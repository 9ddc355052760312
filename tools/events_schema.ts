import {
  type BaseType,
  type CompletedConfig,
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  type Schema,
  SchemaGenerator,
  StringType,
  type SubNodeParser,
} from "ts-json-schema-generator";
import type ts from "typescript";
import { fileURLToPath } from "node:url";
import { projectRoot } from "./targets.ts";

/**
 * Makes docs/events.schema.json from the types of the program: what `--json` prints, and what the
 * records contain. With `--check` it writes nothing and fails if the file is not current.
 */

/** Where the schema is. */
export const schemaFile = new URL("docs/events.schema.json", projectRoot);

const root = fileURLToPath(new URL("core/cli/json/documents.ts", projectRoot));

/** A text becomes a string in JSON. */
class TextParser implements SubNodeParser {
  supportsNode(node: ts.Node): boolean {
    const { name } = node as ts.ClassDeclaration;
    return name?.text === "Text" &&
      /core[\\/]common[\\/]text\.ts$/.test(node.getSourceFile().fileName);
  }
  createType(): BaseType {
    return new StringType();
  }
}

/** Returns the schema; programs that read JSON must accept properties that it does not name. */
export function makeSchema(): Schema {
  const config: CompletedConfig = {
    ...DEFAULT_CONFIG,
    path: root,
    type: "JsonDocument",
    skipTypeCheck: true,
    additionalProperties: true,
    encodeRefs: true,
    topRef: true,
    expose: "export",
    jsDoc: "extended",
    sortProps: true,
  };
  const program = createProgram(config);
  const parser = createParser(program, config, (parser) => {
    parser.addNodeParser(new TextParser());
  });
  const schema = new SchemaGenerator(program, parser, createFormatter(config), config)
    .createSchema("JsonDocument");
  return { ...schema, title: "What unbrick prints with --json, and its records" };
}

if (import.meta.main) {
  const text = JSON.stringify(makeSchema(), null, 2) + "\n";
  if (!Deno.args.includes("--check")) Deno.writeTextFileSync(schemaFile, text);
  else if (Deno.readTextFileSync(schemaFile) !== text) {
    console.log("docs/events.schema.json is not current. Run: deno task schema");
    Deno.exit(1);
  }
}
