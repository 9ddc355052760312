import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import { boards } from "../../boards/openmv_stm32/boards.ts";
import { makeImages } from "../../boards/openmv_stm32/samples.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { ran } from "../support/cli/command_rig.ts";

/**
 * A device that fails to enumerate (forums.openmv.io t/694: "Device Descriptor Request Failed"): every
 * command that looks for a camera says so, and what to try.
 */

const cause =
  /A USB device on port 1-3 did not answer when it was plugged in, so the system cannot name it\. It may be the camera/;
const remedy = /Use another cable that carries data, and a USB port of the computer, not a hub/;

async function said(line: string, ports: readonly string[], atTerminal = false) {
  const clock = new VirtualClock();
  const virtual = new VirtualBus({ wireClock: clock });
  for (const port of ports) virtual.silentPorts.add(port);
  const leave = () => Promise.reject(new UnbrickError("cancelled", "Stopped by the user."));
  const { code, out, error } = await clock.run(() =>
    ran(line, {
      families,
      bus: new MemoryBus(virtual, clock),
      context: { clock },
      console: { canAsk: atTerminal },
      prompts: { search: leave, select: leave },
    })
  );
  return { code, text: (out + error).replaceAll(/\s+/g, " ") };
}

const lines: readonly (readonly [string, number])[] = [
  ["devices", 0],
  ["doctor", 8],
  ["restore --yes", 8],
];
for (const [line, code] of lines) {
  Deno.test(`${line}: a device that fails to enumerate is named with its port, and what to try`, async () => {
    const told = await said(line, ["1-3"]);
    assert.equal(told.code, code, told.text);
    assert.match(told.text, cause);
    assert.match(told.text, remedy);
    const other = await said(`${line} --port 1-1`, ["1-3"]);
    assert.doesNotMatch(other.text, cause);
    assert.doesNotMatch((await said(line, [])).text, cause);
  });
}

Deno.test("a restore that waits for its camera says so at the latest when the time is over", async () => {
  const [m4] = boards;
  const versions = { bootloader: "1.0.3", firmware: "5.0.0" };
  const made = makeImages(m4, versions, [0x4400, 0x4400, 0x2200], false);
  const file = Deno.makeTempFileSync({ suffix: ".bin" });
  using _ = { [Symbol.dispose]: () => Deno.removeSync(file) };
  Deno.writeFileSync(file, made.get("bootloader")!.bytes);
  const line = `restore m4 --bootloader-only --image bootloader=${file} --yes --timeout 5`;
  const { code, text } = await said(line, ["1-3"]);
  assert.equal(code, 8, text);
  assert.match(text, /Seen instead: USB device that does not answer on port 1-3/);
  assert.match(text, remedy);
  assert.match(text, /Remove shields.*Connect BOOT to 3\.3 V/);
});

Deno.test("the wizard lists it instead of saying that nothing is connected", async () => {
  const { code, text } = await said("", ["1-3"], true);
  assert.equal(code, 130, text);
  assert.match(text, /port 1-3: USB device that does not answer/);
  assert.match(text, cause);
  assert.match(text, remedy);
  assert.doesNotMatch(text, /No camera is connected/);
});

for (
  const line of [
    "dfu-util -w --timeout 5 -d 0483:df11 -a 0 -s 0x08000000 -U OUT",
    "sdphost -u 0x1FC9,0x0135 -- error-status",
    "blhost -u 0x15A2,0x0073 -- get-property 1",
  ]
) {
  Deno.test(`${line}: so do the other tools' command lines`, async () => {
    const { code, text } = await said(line, ["1-3"]);
    assert.notEqual(code, 0);
    assert.match(text, cause);
    assert.doesNotMatch((await said(line, [])).text, cause);
  });
}
