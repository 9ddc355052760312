import assert from "node:assert/strict";
import { UnbrickError } from "../../common/errors.ts";
import { commonIn } from "../arguments/common_options.ts";
import { parseArguments } from "../arguments/parse.ts";
import { commandTable } from "./table.ts";

/** Which commands take which options. The run without a command is called `wizard` here. */

const working = "restore flash verify read backup put-back check files station fieldtest wizard";
const withDevices = `${working} devices doctor`;
const all =
  `${withDevices} boards guide plan licenses images trace replay runs completion verify-records`;
const without = (...names: string[]) =>
  all.split(" ").filter((name) => !names.includes(name)).join(" ");

/** By option, with a value if it takes one. */
const takers: Readonly<Record<string, string>> = {
  "--yes": withDevices,
  "--fast": withDevices,
  "--port 1-1": withDevices,
  "--timeout 5": withDevices,
  "--libusb x.so": withDevices,
  "--report x.json": `${withDevices} replay`,
  "--json": without("completion"),
  "--lang zh": all,
  "--no-color": all,
  "--plain": all,
  "--debug": without("completion"),
  "--trace x.pcapng": withDevices,
  "--no-recorder": working,
  "--with-user-data": working,
  "--operator me": working,
  "--plugin x.js": without("completion", "licenses", "trace", "runs", "verify-records"),
  "--simulate": working,
  "--condition blank": working,
  "--trap x": working,
  "--allow x": "restore flash put-back station wizard plan",
  "--allow-fuse x": "restore flash put-back station wizard plan",
  "--images x.zip": "restore flash verify backup files station fieldtest wizard plan doctor replay",
  "--image x.bin": "restore flash verify backup files station fieldtest wizard plan replay",
  "--public-key x.pem":
    "restore flash verify backup files station fieldtest wizard plan doctor images replay verify-records",
  "--erase-filesystem": "restore flash station plan",
  "--bootloader-only": "restore station plan",
  "--no-check": "restore flash put-back station",
  "--romfs keep": "restore flash station plan",
  "--backup b.zip": "restore flash plan replay",
  "--only romfs": "flash put-back plan",
  "--region x": "read",
  "--address 0": "read",
  "--length 1": "read",
  "-o x": "read backup files fieldtest",
  "--output x": "read backup files fieldtest",
  "--job flash": "station",
  "--count 2": "station",
  "--picture x.png": "check",
  "--profile x.json": "station",
  "--ask-operator": "station",
  "--sign x.pem": "station",
  "--watch": "devices",
  "--install-udev": "doctor",
  "--html x.html": "guide",
  "--step x": "trace",
  "--errors": "trace",
};

/** Options that are accepted without effect, so that the help omits them. */
const silent: Readonly<Record<string, readonly string[]>> = {
  devices: ["--yes", "--fast", "--timeout"],
  doctor: ["--yes", "--fast", "--timeout"],
};

const lines: Readonly<Record<string, string>> = {
  wizard: "",
  files: "files h7",
  "put-back": "put-back b.zip",
  station: "station h7",
  fieldtest: "fieldtest h7",
  guide: "guide h7",
  plan: "plan h7",
  trace: "trace t.pcapng",
  replay: "replay t.pcapng",
  completion: "completion bash",
  "verify-records": "verify-records folder",
};

const words = (line: string) => line.split(" ").filter(Boolean);
const options = { ...commandTable, version: "1.2.3" };
const parse = (line: string) => parseArguments(words(line), options);

Deno.test("the test knows every command", () => {
  const names = commandTable.commands.map(({ name }) => name);
  assert.deepEqual(new Set([...names, "wizard"]), new Set(words(all)));
});

Deno.test("each command accepts the options that do something there, and refuses the rest", () => {
  for (const name of words(all)) {
    const line = lines[name] ?? name;
    for (const [option, commands] of Object.entries(takers)) {
      const [spelled] = option.split(" ");
      if (words(commands).includes(name)) {
        for (const order of [`${line} ${option}`, `${option} ${line}`]) {
          const chosen = parse(order);
          assert.ok("of" in chosen && chosen.of.name === (lines[name] === "" ? "" : name), order);
        }
        continue;
      }
      assert.throws(() => parse(`${line} ${option}`), (error) => {
        assert.ok(error instanceof UnbrickError && error.exitCode === 2, `${line} ${option}`);
        assert.ok(error.message.includes(spelled), error.message);
        return true;
      }, `${line} ${option}`);
    }
  }
});

Deno.test("the help of a command lists its options and no others", () => {
  for (const name of words(all)) {
    const help = parse(`${name === "wizard" ? "" : name} --help`);
    assert.ok("show" in help);
    const listed = new Set(
      [...help.show.matchAll(/^ {2}(-[^\s,]+)(?:, (-[^\s,]+))?/gm)].flatMap((found) =>
        found.slice(1).filter(Boolean)
      ),
    );
    for (const [option, commands] of Object.entries(takers)) {
      const [spelled] = option.split(" ");
      const isListed = words(commands).includes(name) && !silent[name]?.includes(spelled);
      assert.equal(listed.has(spelled), isListed, `${name} ${spelled}\n${help.show}`);
      listed.delete(spelled);
    }
    const left = [...listed].filter((option) => !/^(-h|--help|-V|--version)$/.test(option));
    assert.deepEqual(left, [], name);
  }
});

Deno.test("for a mistyped option, the error names the nearest one", () => {
  for (const [option, commands] of Object.entries(takers)) {
    const [spelled] = option.split(" ");
    if (spelled.length < 5) continue;
    for (const name of words(commands)) {
      if (silent[name]?.includes(spelled)) continue;
      const mistyped = spelled.replace(/(..)$/, (end) => [...end].reverse().join(""));
      if (mistyped === spelled) continue;
      assert.throws(() => parse(`${lines[name] ?? name} ${mistyped}`), (error) => {
        assert.ok(error instanceof UnbrickError && error.exitCode === 2, `${name} ${mistyped}`);
        assert.match(error.message, new RegExp(`Did you mean .*${spelled}`));
        return true;
      });
    }
  }
});

Deno.test("given options reach the command; the others have their defaults", () => {
  const boards = parse("boards --json");
  assert.ok("of" in boards);
  const { json, timeout, images, simulate, allow } = commonIn(boards.given);
  assert.deepEqual([json, timeout, images, simulate, allow], [true, 120, [], false, []]);
  const devices = parse("devices --timeout 3 --report x.json");
  assert.ok("of" in devices);
  assert.deepEqual(
    [commonIn(devices.given).timeout, commonIn(devices.given).report],
    [3, "x.json"],
  );
});
