import assert from "node:assert/strict";
import { testFaultSamples } from "../../tests/support/faults/sampled_faults.ts";
import { SeromError } from "../../core/protocols/alif_isp/packets/boot_error.ts";
import { CodeKey } from "../../core/protocols/alif_isp/model/code_key.ts";
import { bootSystem } from "../../core/protocols/alif_isp/model/system_boot.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { SimulatedAe3 } from "./camera.ts";
import {
  faultImages,
  faultSubjects,
} from "../../tests/support/boards/openmv_ae3_fault_subjects.ts";
import { AeTrial } from "../../tests/support/boards/openmv_ae3_rig.ts";

testFaultSamples(faultSubjects);

Deno.test("memory that silently loses a line never leads to success", async () => {
  for (const lostLine of [0x8000_0000, 0x8000_0800, 0x8057_F200, 0x8057_FFF0]) {
    const run = new AeTrial({ condition: "bricked", traps: { tableGone: true, lostLine } });
    const { error } = await run.run("restore", { bootloaderOnly: true });
    assert.equal(error?.kind, "verify-failed", `${lostLine.toString(16)}: ${error?.message}`);
  }
});

Deno.test("in the fault runs of a dead enclave, neither copy of its firmware starts", () => {
  for (const enclaveDead of [false, true]) {
    const clock = new VirtualClock();
    const camera = new SimulatedAe3({
      clock,
      socket: new VirtualBus().socket("1-1"),
      images: faultImages,
      traps: { enclaveDead },
    });
    const boot = bootSystem(camera.mram, {
      part: "",
      hbk0: new Uint8Array(16),
      lifeCycle: 1,
      codeKey: new CodeKey(),
    });
    if (enclaveDead) assert.deepEqual(boot, { seromError: SeromError.BOTH_BANKS_INVALID });
    else assert.ok("bank" in boot);
  }
});
