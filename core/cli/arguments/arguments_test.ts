import assert from "node:assert/strict";
import { UnbrickError } from "../../common/errors.ts";
import { foreignCommands } from "./foreign_commands.ts";
import { parseArguments } from "./parse.ts";

function parse(line: string) {
  const invocation = parseArguments(line.split(" ").filter(Boolean), "1.2.3");
  assert.ok("command" in invocation, "help was shown");
  return invocation;
}

Deno.test("options stand before or after the command, in any order", () => {
  for (
    const line of ["--json restore h7 --yes", "restore --yes h7 --json", "--yes --json restore h7"]
  ) {
    const options = parse(line);
    assert.equal(options.command, "restore", line);
    assert.deepEqual([options.json, options.yes, options.simulate], [true, true, false], line);
  }
});

Deno.test("no command is the guided run", () => {
  assert.equal(parse("").command, "wizard");
  assert.equal(parse("--yes --simulate").command, "wizard");
});

Deno.test("plan takes a job and a board, or a board alone", () => {
  for (
    const [line, words] of [["plan flash h7 --json", ["flash", "h7"]], ["plan h7", ["h7"]]] as const
  ) {
    const plan = parse(line);
    assert.ok(plan.command === "plan");
    assert.deepEqual(plan.words, words);
  }
  assert.throws(() => parse("plan"), UnbrickError);
});

Deno.test("read takes numbers as decimal or 0x", () => {
  const read = parse("read h7 --address 0x08000000 --length 4096 -o out.bin");
  assert.ok(read.command === "read");
  assert.deepEqual([read.address, read.length, read.output], [
    0x08000000,
    4096,
    "out.bin",
  ]);
});

Deno.test("image and allow may be repeated; timeout has a default", () => {
  const options = parse("restore h7 --image a=b --image c.bin --allow x --allow y");
  assert.deepEqual([options.image, options.allow, options.timeout], [
    ["a=b", "c.bin"],
    ["x", "y"],
    120,
  ]);
  assert.equal(parse("restore --timeout 0.5").timeout, 0.5);
});

Deno.test("what cannot be understood is a usage error in one sentence, with the near name", () => {
  const failing: [line: string, message: RegExp][] = [
    ["restroe", /"restroe".*Did you mean.*restore/],
    ["restore --ye", /"--ye".*Did you mean --yes\?/],
    ["devices --wach", /"--wach"\. Did you mean --watch\?/],
    ["helpp", /Did you mean help\?/],
    ["help restor", /"restor"\. Did you mean restore\?/],
    ["help exit-code", /"exit-code"\. Did you mean exit-codes\?/],
    ["read h7 --length 12x", /12x/],
    ["restore --timeout 0", /timeout|0\.001/],
    ["restore h7 h8", /h8/],
    ["--timeout", /--timeout/],
  ];
  for (const [line, message] of failing) {
    assert.throws(
      () => parse(line),
      (error) =>
        error instanceof UnbrickError && error.kind === "usage" && message.test(error.message),
      line,
    );
  }
});

const commandNames = (help: string) =>
  [...help.matchAll(/^ {2}([a-zA-Z][\w-]+) {2,}/gm)].map(([, name]) => name)
    .filter((name) => name !== "help");

Deno.test("every command has help with examples, within 80 columns, under both names", () => {
  const root = parseArguments(["--help"], "1.2.3", 80);
  assert.ok("show" in root);
  const names = commandNames(root.show);
  assert.ok(names.length > 20);
  for (const name of names) {
    if (foreignCommands.includes(name)) continue;
    const help = parseArguments(["help", name], "1.2.3", 80);
    assert.ok("show" in help, name);
    assert.deepEqual(parseArguments([name, "--help"], "1.2.3", 80), help, name);
    assert.match(help.show, new RegExp(`Examples:\n {2}unbrick ${name}`), name);
    for (const line of help.show.split("\n")) assert.ok(line.length <= 80, line);
  }
});

Deno.test("help and version are shown, not run", () => {
  const help = parseArguments(["--help"], "1.2.3", 80);
  assert.ok("show" in help);
  for (const word of ["restore", "dfu-util", "--yes", "--json"]) {
    assert.match(help.show, new RegExp(word));
  }
  for (const line of help.show.split("\n")) assert.ok(line.length <= 80, line);
  const restore = parseArguments(["restore", "--help"], "1.2.3", 80);
  assert.ok("show" in restore);
  assert.match(restore.show, /unbrick restore openmv-h7/);
  assert.deepEqual(parseArguments(["--version"], "1.2.3"), { show: "1.2.3" });
});
