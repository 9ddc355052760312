import assert from "node:assert/strict";
import { makeSchema, schemaFile } from "../tools/events_schema.ts";
import { assertLine } from "./support/cli/json_documents.ts";
import { projectRoot } from "../tools/targets.ts";

interface Definition {
  readonly anyOf: readonly {
    readonly properties: { readonly type?: { readonly const?: string; readonly enum?: string[] } };
  }[];
}

const read = (path: string) => Deno.readTextFileSync(new URL(path, projectRoot));

Deno.test("docs/events.schema.json is what the types say", () => {
  assert.equal(JSON.stringify(makeSchema(), null, 2) + "\n", Deno.readTextFileSync(schemaFile));
});

Deno.test("times are whole numbers: milliseconds, or microseconds where the name says so", () => {
  const schema = JSON.parse(Deno.readTextFileSync(schemaFile));
  const times: string[] = [];
  const find = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    const { properties } = part as { properties?: Record<string, object> };
    for (const [name, type] of Object.entries(properties ?? {})) {
      if (/^(at|ms|us)$|(Ms|Us)$/.test(name)) times.push(`${name}: ${JSON.stringify(type)}`);
    }
    Object.values(part).forEach(find);
  };
  find(schema);
  assert.ok(times.length > 50);
  const isWhole = /"integer"|definitions\/(Milli|Micro)seconds/;
  assert.deepEqual(times.filter((time) => !isWhole.test(time)), []);
  assert.equal(schema.definitions.Milliseconds.type, "integer");
  assert.equal(schema.definitions.Microseconds.type, "integer");
});

Deno.test("docs/json.md explains every type of line, and no other", () => {
  const { definitions } = JSON.parse(Deno.readTextFileSync(schemaFile));
  const inSchema = (definitions.JsonLine as Definition).anyOf.flatMap(({ properties: { type } }) =>
    type?.enum ?? [type!.const!]
  );
  const tables = read("docs/json.md").split("\n").filter((line) => /^\| `?[a-z]/.test(line));
  const runs = tables.filter((line) => /^\| `[a-z-]+` +\| [a-z]/.test(line))
    .map((line) => /`([a-z-]+)`/.exec(line)![1]);
  const named = new Set(read("docs/json.md").match(/`[a-z-]+`/g)!.map((word) => word.slice(1, -1)));
  assert.deepEqual([...new Set(inSchema)].filter((type) => !named.has(type)), []);
  const known = new Set([
    ...inSchema,
    "backup",
    "check",
    "guide",
    "replay",
    "files",
    "licenses",
    "fieldtest",
  ]);
  assert.deepEqual(
    runs.filter((type) => !known.has(type) && !/^(devices|doctor|runs|boards|plan)$/.test(type)),
    [],
  );
});

Deno.test("the validator of the tests refuses a line that is not as promised", () => {
  const head = { schema: 1, time: "2026-11-30T01:02:03.000Z" };
  const note = { ...head, type: "note", at: 5, text: "x" };
  assertLine(note);
  for (
    const wrong of [
      { ...note, at: 5.5 },
      { ...note, schema: 2 },
      { ...note, time: "today" },
      { ...note, words: "x" },
      { ...head, type: "note", at: 5 },
      { ...head, type: "unheard-of" },
      { ...head, type: "failed", outcome: "unchanged", exitCode: 3, kind: "not-found" },
    ]
  ) assert.throws(() => assertLine(wrong), JSON.stringify(wrong));
});

for (const [program, file] of [["python3", "station.py"], ["node", "station.mjs"]]) {
  Deno.test({
    name: `docs/examples/${file} drives a station and says which camera failed`,
    ignore: !isInstalled(program),
    async fn() {
      const path = `docs/examples/${file}`;
      assert.ok(read(path).trimEnd().split("\n").length <= 30);
      const unbrick = [Deno.execPath(), "run", "-A", "--no-check", "main.ts"];
      const { code, stdout } = await new Deno.Command(program, {
        args: [
          ...[path, ...unbrick, "station", "openmv-m4", "--simulate", "--fast", "--yes", "--json"],
          ...["--count", "2", "--trap", "2:unplug", "--no-recorder"],
        ],
        cwd: projectRoot,
        stderr: "inherit",
      }).output();
      const printed = new TextDecoder().decode(stdout);
      assert.equal(code, 7, printed);
      assert.match(printed, /: proven, exit code 0/);
      assert.match(printed, /: partly-written, exit code 7/);
      assert.match(printed, /: disconnected: .*\n {2}- /);
      assert.equal(printed.split(": disconnected: ").length, 2, printed);
    },
  });

  Deno.test({
    name: `docs/examples/${file}: after Ctrl-C it says how each camera ended`,
    ignore: Deno.build.os === "windows" || !isInstalled(program) || !isInstalled("setsid"),
    async fn() {
      const unbrick = [Deno.execPath(), "run", "-A", "--no-check", "main.ts", "station"];
      const options = ["openmv-m4", "--simulate", "--yes", "--json", "--no-recorder"];
      const child = new Deno.Command("setsid", {
        args: [program, `docs/examples/${file}`, ...unbrick, ...options],
        cwd: projectRoot,
        env: { PYTHONUNBUFFERED: "1" },
        stdout: "piped",
      }).spawn();
      const chunks: string[] = [];
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        // A terminal sends it to the whole group, which the child leads.
        if (chunks.length === 0) Deno.kill(-child.pid, "SIGINT");
        chunks.push(chunk);
      }
      const printed = chunks.join("");
      assert.equal((await child.status).code, 130, printed);
      assert.match(printed, /1-1: .*: (unchanged|partly-written), exit code 130/);
    },
  });
}

function isInstalled(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["--version"] }).outputSync().success;
  } catch {
    console.log(`${program} is not installed, so its example is not tried.`);
    return false;
  }
}
