import assert from "node:assert/strict";
import { isKind } from "../../../common/errors.ts";
import { parseOptions } from "../options.ts";
import { interpret, options, unbrickArguments } from "./options.ts";

const given = (line: string) => parseOptions(line.split(" ").filter(Boolean), options, "kept");
const parse = (line: string) => interpret(given(line));

Deno.test("the documented command, word for word", () => {
  assert.deepEqual(parse("-c port=USB1 -d OPENMV_N6/FlashLayout.tsv"), {
    action: "download",
    connection: { index: 1 },
    layout: "OPENMV_N6/FlashLayout.tsv",
  });
});

Deno.test("serial number, long names, any case of port, and unbrick's options in between", () => {
  const line = "--connect port=usb2 sn=003A --images rel.zip -q --download --json --timeout=5";
  assert.deepEqual(parse(line), {
    action: "download",
    connection: { index: 2, serial: "003A" },
  });
  assert.deepEqual(unbrickArguments(given(line)), ["--images=rel.zip", "--json", "--timeout=5"]);
});

Deno.test("what is done without a download", () => {
  for (
    const [line, action] of [
      ["-l", "list"],
      ["-l usb", "list"],
      ["--list USB --json", "list"],
      ["-c port=USB1", "show"],
    ]
  ) assert.equal(parse(line).action, action, line);
});

Deno.test("what cannot be done is refused; nothing is silently ignored", () => {
  for (
    const line of [
      "-d FlashLayout.tsv",
      "-c port=USB1 -d bootloader.bin",
      "-c port=USB1 -d bootloader.bin 0x70000000",
      "-c port=USB1 -d FlashLayout.tsv 0x0",
      "-c port=SWD -d FlashLayout.tsv",
      "-c port=USB0",
      "-c port=USB",
      "-c sn=1",
      "-c",
      "-c port=USB1 -e all",
      "-c port=USB1 -otp program",
      "-c port=USB1 -ob nBOOT0=0",
      "-c port=USB1 --start 0x1",
      "-l uart",
      "stray",
    ]
  ) assert.throws(() => parse(line), (error) => isKind(error, "usage"), line);
});
