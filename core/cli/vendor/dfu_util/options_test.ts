import assert from "node:assert/strict";
import { UnbrickError } from "../../../common/errors.ts";
import { matches, parseDeviceMatch } from "./device_match.ts";
import { parseDfuSeAddress } from "./dfuse_address.ts";
import { parseOptions } from "../options.ts";
import { interpret, options } from "./options.ts";
import { progressText } from "./progress_bar.ts";

const parse = (line: string) => interpret(parseOptions(line.split(" "), options));
const plainAddress = { leave: false, force: false, massErase: false, unprotect: false };

function refuses(work: () => unknown, message: RegExp): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof UnbrickError && error.kind === "usage");
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("the documented command, in four spellings", () => {
  for (
    const line of [
      "-w -d ,0483:df11 -a 0 -s 0x08000000 -D bootloader.bin",
      "-wd ,0483:df11 -a0 -s0x08000000 -Dbootloader.bin",
      "--wait --device ,0483:df11 --alt 0 --dfuse-address 0x08000000 --download bootloader.bin",
      "--wait --devi=,0483:df11 --alt=0 --dfuse=134217728 --down=bootloader.bin",
    ]
  ) {
    const { mode, file, wait, device, alternate, dfuse } = parse(line);
    assert.deepEqual({ mode, file, wait, device, alternate, dfuse }, {
      mode: "download",
      file: "bootloader.bin",
      wait: true,
      device: {
        runtime: { vendor: "none", product: "none" },
        dfu: { vendor: 0x0483, product: 0xdf11 },
      },
      alternate: 0,
      dfuse: { address: 0x08000000, length: undefined, ...plainAddress, willReset: false },
    }, line);
  }
});

Deno.test("other options", () => {
  assert.equal(parse("-l").mode, "list");
  assert.equal(parse("-e").mode, "detach");
  assert.equal(parse("-R").mode, "reset");
  const { mode, file, path, serial, alternate, reset, uploadSize, detachDelay, timeout } = parse(
    "-U out.bin -p 1-1.3 -S A,B -a FIRMWARE -R -Z 0x1000 -E 7 --timeout 2.5",
  );
  assert.deepEqual(
    { mode, file, path, serial, alternate, reset, uploadSize, detachDelay, timeout },
    {
      mode: "upload",
      file: "out.bin",
      path: "1-1.3",
      serial: ["A", "B"],
      alternate: "FIRMWARE",
      reset: true,
      uploadSize: 4096,
      detachDelay: 7,
      timeout: 2.5,
    },
  );
  assert.deepEqual(parse("-l -S ONE").serial, ["ONE", "ONE"]);
});

Deno.test("invalid options are refused", () => {
  refuses(() => parse("-x"), /no option -x/);
  refuses(() => parse("--de ,0483:df11"), /--detach.*--detach-delay.*--device/);
  refuses(() => parse("-D"), /-D needs a value/);
  refuses(() => parse("-D a -U b"), /exclude/);
  refuses(() => parse("-l stray"), /"stray"/);
  refuses(() => parse("-w"), /Nothing to do/);
  refuses(() => parse("--list=1"), /takes no value/);
  refuses(() => parse("-l -n 0x"), /not a number/);
});

Deno.test("-s: numbers as in C, modifiers in any order; destructive ones need :force", () => {
  const address = (text: string) => parseDfuSeAddress(text).address;
  assert.deepEqual(["0x08000000", "8000000", "010", ":leave"].map(address), [
    0x08000000,
    8000000,
    8,
    undefined,
  ]);
  refuses(() => address("08000000"), /octal/);
  assert.equal(parseDfuSeAddress("0x08000000:0x100:leave").length, 0x100);
  assert.equal(parseDfuSeAddress("0:force:mass-erase").massErase, true);
  refuses(() => parseDfuSeAddress("0:mass-erase"), /needs :force/);
  refuses(() => parseDfuSeAddress("0:unprotect"), /needs :force/);
  refuses(() => parseDfuSeAddress("0:le"), /no modifier "le"/);
});

Deno.test("-d: one side, both sides, any and none", () => {
  const runtime = (text: string, vendor: number, product: number) =>
    matches(parseDeviceMatch(text).runtime, vendor, product);
  const dfu = (text: string, vendor: number, product: number) =>
    matches(parseDeviceMatch(text).dfu, vendor, product);
  assert.deepEqual([runtime(",0483:df11", 0x483, 0xdf11), dfu(",0483:df11", 0x483, 0xdf11)], [
    false,
    true,
  ]);
  assert.deepEqual([dfu(",0483:df11", 0x483, 1), dfu(",0483:", 0x483, 1)], [false, true]);
  assert.deepEqual([runtime("37c5:1204", 0x37c5, 0x1204), dfu("37c5:1204", 1, 2)], [true, true]);
  assert.equal(dfu("37c5:1204,:9204", 0x37c5, 0x9204), true);
  assert.equal(dfu("37c5:1204,*:9204", 1, 0x9204), true);
  assert.equal(runtime("-:-,0483:df11", 0x483, 0xdf11), false);
  assert.equal(dfu(",0x0483:0xDF11", 0x483, 0xdf11), true);
  refuses(() => parseDeviceMatch("0483-df11"), /ids look like/);
  refuses(() => parseDeviceMatch("1:2:3"), /ids look like/);
});

Deno.test("the progress line has the form that scripts expect", () => {
  assert.equal(
    progressText("Download", 42, 55296),
    "Download\t[==========               ]  42%        55296 bytes",
  );
});
