import assert from "node:assert/strict";
import { setLanguage } from "../language/say.ts";
import { commandTable } from "../commands/table.ts";
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
  const same = (path: readonly string[], width: number) => {
    const line = [...path, "--help"], at = { ...options, width };
    assert.deepEqual(quickParse(line, at), parseArguments(line, at), `${line} ${width}`);
  };
  for (const path of paths) same(path, 80);
  for (const path of [[], ["restore"], ["images", "import"]]) {
    try {
      await setLanguage("zh");
      for (const width of [40, 80, 132]) same(path, width);
    } finally {
      await setLanguage("en");
    }
  }
});

Deno.test("a line is parsed as Optique parses it, or left to it", () => {
  for (
    const line of ["restore h7 --yes --json", "restore OpenMV Cam H7 Plus", "--yes --simulate"]
  ) {
    const words = line.split(" ");
    assert.deepEqual(quickParse(words, options), parseArguments(words, options), line);
  }
  for (const { examples } of commandTable.commands) {
    for (const [example] of examples) {
      const found = quickParse(example.split(" "), options);
      if (found) assert.deepEqual(found, parseArguments(example.split(" "), options), example);
    }
  }
});

Deno.test("a line with a mistake, and help in another form, are left to Optique", () => {
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
    ]
  ) assert.equal(quickParse(line.split(" "), options), undefined, line);
});
