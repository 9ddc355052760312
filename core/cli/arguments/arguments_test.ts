import assert from "node:assert/strict";
import { UnbrickError } from "../../common/errors.ts";
import { commandTable } from "../commands/table.ts";
import { commonIn } from "./common_options.ts";
import { parseCommonOptions } from "./common_parsers.ts";
import { parseArguments } from "./parse.ts";

const options = { ...commandTable, version: "1.2.3" };

function parse(line: string) {
  const chosen = parseArguments(line.split(" ").filter(Boolean), options);
  assert.ok("command" in chosen, "help was shown");
  return { command: chosen.of.name, given: chosen.given, options: commonIn(chosen.given) };
}

function helpOf(line: string): string {
  const help = parseArguments(line.split(" "), options);
  assert.ok("show" in help, line);
  return help.show;
}

Deno.test("options may be before or after the command, in any order", () => {
  for (
    const line of [
      "--json restore h7 --yes",
      "restore --yes h7 --json",
      "--yes --json restore h7",
      "--timeout 5 --yes --json --report boards restore h7",
    ]
  ) {
    const { command, given, options: { json, yes, simulate } } = parse(line);
    assert.equal(command, "restore", line);
    assert.deepEqual([json, yes, simulate, given.board], [true, true, false, "h7"], line);
  }
});

Deno.test("without a command, the guided run starts", () => {
  assert.equal(parse("").command, "");
  assert.equal(parse("--yes --simulate").command, "");
});

Deno.test("plan takes a job and a board, or a board alone; a board may have several words", () => {
  for (
    const [line, words] of [
      ["plan flash h7 --json", ["flash", "h7"]],
      ["plan h7", ["h7"]],
      ["plan restore OpenMV Cam H7 Plus", ["restore", "OpenMV", "Cam", "H7", "Plus"]],
    ] as const
  ) assert.deepEqual(parse(line).given.words, words);
  assert.throws(() => parse("plan"), UnbrickError);
  assert.equal(parse("restore OpenMV Cam H7 Plus --yes").given.board, "OpenMV Cam H7 Plus");
});

Deno.test("read takes numbers as decimal or 0x", () => {
  const { given } = parse("read h7 --address 0x08000000 --length 4096 -o out.bin");
  assert.deepEqual([given.address, given.length, given.output], [0x08000000, 4096, "out.bin"]);
});

Deno.test("image and allow may be repeated; timeout has a default", () => {
  const { options } = parse("restore h7 --image a=b --image c.bin --allow x --allow y");
  assert.deepEqual([options.image, options.allow, options.timeout], [
    ["a=b", "c.bin"],
    ["x", "y"],
    120,
  ]);
  assert.equal(parse("restore --timeout 0.5").options.timeout, 0.5);
});

Deno.test("an invalid command line is a usage error in one sentence, with the nearest name", () => {
  const failing: [line: string, message: RegExp][] = [
    ["restroe", /"restroe".*Did you mean.*restore/],
    ["restore --ye", /"--ye".*Did you mean --yes\?/],
    ["devices --wach", /"--wach"\. Did you mean --watch\?/],
    ["images lisst", /"lisst"\. Did you mean list\?/],
    ["helpp", /Did you mean help\?/],
    ["help restor", /"restor"\. Did you mean restore\?/],
    ["help exit-code", /"exit-code"\. Did you mean exit-codes\?/],
    ["read h7 --length 12x", /12x/],
    ["restore --timeout 0", /timeout|0\.001/],
    ["devices h8", /h8/],
    ["--timeout", /--timeout/],
    ["boards --images x", /boards has no option --images/],
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

Deno.test("every command has help with examples, within 80 columns, under both names", () => {
  for (const { name } of commandTable.commands) {
    const help = helpOf(`help ${name}`);
    assert.equal(helpOf(`${name} --help`), help, name);
    assert.match(help, new RegExp(`Examples:\n {2}unbrick ${name}`), name);
    for (const line of help.split("\n")) assert.ok(line.length <= 80, line);
  }
});

Deno.test("help and version are shown, not run", () => {
  const help = helpOf("--help");
  for (const { name } of [...commandTable.commands, ...commandTable.tools]) {
    assert.match(help, new RegExp(`^  ${name} `, "m"), name);
  }
  for (const option of ["--yes", "--json"]) assert.match(help, new RegExp(option));
  for (const line of help.split("\n")) assert.ok(line.length <= 80, line);
  assert.match(helpOf("restore --help"), /unbrick restore openmv-h7/);
  assert.match(helpOf("images import --help"), /--name NAME/);
  assert.equal(helpOf("--lang en help restore"), helpOf("restore --help"));
  assert.equal(helpOf("--json help exit-codes"), helpOf("help exit-codes"));
  assert.deepEqual(parseArguments(["--version"], options), { show: "1.2.3" });
});

Deno.test("the defaults of the common options are those of their parsers", () => {
  assert.deepEqual(commonIn({}), parseCommonOptions([]));
});
