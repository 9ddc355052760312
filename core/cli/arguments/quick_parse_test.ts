import assert from "node:assert/strict";
import fc from "fast-check";
import { setLanguage } from "../language/say.ts";
import { commandTable } from "../commands/table.ts";
import { commonIn } from "./common_options.ts";
import { optionsOf } from "./option_names.ts";
import { parseArguments } from "./parse.ts";
import { quickParse } from "./quick_parse.ts";

const options = { ...commandTable, version: "1.2.3" };
const paths = [
  [],
  ...commandTable.commands.flatMap(({ name, actions = [] }) => [
    [name],
    ...actions.map((action) => [name, action.name]),
  ]),
];

Deno.test("each help page is the one that Optique prints, at every width and in Chinese", async () => {
  const widths = [40, 53, 80, 132];
  try {
    for (const language of ["en", "zh"] as const) {
      await setLanguage(language);
      for (const [at, path] of paths.entries()) {
        for (const width of at === 0 ? widths : [80, widths[at % widths.length]]) {
          const line = [...path, "--help"], how = { ...options, width };
          assert.deepEqual(
            await quickParse(line, how),
            parseArguments(line, how),
            `${line} ${width}`,
          );
        }
      }
    }
  } finally {
    await setLanguage("en");
  }
});

Deno.test("help in a language is the same page, wherever --lang is", async () => {
  for (
    const line of [
      "--help --lang zh",
      "--lang zh --help",
      "--lang=zh restore --help",
      "images import --lang zh --help",
      "help restore --lang zh",
      "restore -h --lang=zh",
    ]
  ) assert.ok(await same(line), line);
});

/** Compares both results of a line, with the defaults of the common options that it lacks. */
async function same(line: string): Promise<boolean> {
  const words = line.split(" ");
  const found = await quickParse(words, options);
  if (!found) return false;
  const whole = (result: NonNullable<typeof found>) =>
    "show" in result
      ? result
      : { ...result, given: { ...commonIn(result.given), ...result.given } };
  assert.deepEqual(whole(found), whole(parseArguments(words, options)), line);
  return true;
}

Deno.test("a line is parsed as Optique parses it, or left to it", async () => {
  for (
    const line of ["restore h7 --yes --json", "restore OpenMV Cam H7 Plus", "--yes --simulate"]
  ) assert.ok(await same(line), line);
  for (const { examples } of commandTable.commands) {
    for (const [example] of examples) await same(example);
  }
});

Deno.test("each common option is found in a line, in both its forms", async () => {
  const values: Readonly<Record<string, string>> = {
    "--lang": "zh",
    "--timeout": "7",
    "--condition": "blank",
  };
  for (
    const command of commandTable.commands.filter(({ name }) => /^(restore|files)$/.test(name))
  ) {
    const own = optionsOf({ ...command, common: { does: [] } });
    for (const [option, takesValue] of optionsOf(command)) {
      if (own.has(option)) continue;
      const value = values[option] ?? "x";
      const forms = takesValue ? [`${option} ${value}`, `${option}=${value}`] : [option];
      for (const form of forms) {
        const line = `${command.name} h7 ${form}`;
        assert.ok(await same(line), line);
      }
    }
  }
});

Deno.test("any line is parsed as Optique parses it, or left to it", async () => {
  const words = ["h7", "OpenMV", "list", "export", "x.zip", "7", "0x10", "-", "-1", "zh", "--"];
  for (const command of commandTable.commands) {
    const names = [...optionsOf(command).keys()];
    const word = fc.oneof(
      fc.constantFrom(...words, ...names),
      fc.tuple(fc.constantFrom(...names), fc.constantFrom("", ...words)).map((two) =>
        two.join("=")
      ),
    );
    const lines = fc.array(word, { maxLength: 6 }).map((more) => [command.name, ...more].join(" "));
    await fc.assert(fc.asyncProperty(lines, async (line) => void await same(line)), {
      numRuns: 40,
    });
  }
});

Deno.test("a line with a mistake, and help in another form, are left to Optique", async () => {
  for (
    const line of [
      "restroe",
      "restore --ye",
      "restore h7 extra words in this line --help",
      "images lisst --help",
      "help",
      "help helpp",
      "--version --yes",
      "dfu-util --help",
      "restore --help --lang zh --lang en",
    ]
  ) assert.equal(await quickParse(line.split(" "), options), undefined, line);
});
