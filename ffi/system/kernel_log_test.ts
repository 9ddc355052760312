import assert from "node:assert/strict";
import { linuxSilentPorts, silentPortsIn } from "./kernel_log.ts";
import { atMostOnceASecond } from "./at_most_once_a_second.ts";

/** What Linux 6 writes when a device does not answer, at a root hub and at another one. */
const failing = (at: number, hubPort: string, device: string) =>
  `<6>[${at.toFixed(6)}] usb ${device}: new full-speed USB device number 9 using xhci_hcd
<3>[${(at + 0.2).toFixed(6)}] usb ${device}: device descriptor read/64, error -71
<3>[${(at + 4).toFixed(6)}] usb ${device}: device not accepting address 9, error -71
<3>[${(at + 5).toFixed(6)}] usb ${hubPort}: unable to enumerate USB device
`;
const found = (at: number, device: string) =>
  `<6>[${at.toFixed(6)}] usb ${device}: new full-speed USB device number 10 using xhci_hcd
<6>[${
    at.toFixed(6)
  }] usb ${device}: New USB device found, idVendor=0483, idProduct=df11, bcdDevice=22.00
`;

Deno.test("the kernel's log names the ports of devices that failed to enumerate", () => {
  const log = failing(100, "usb1-port3", "1-3") + failing(120, "1-1-port2", "1-1.2") +
    failing(130, "2-1.4-port1", "2-1.4.1");
  assert.deepEqual(silentPortsIn(log, 140), ["1-3", "1-1.2", "2-1.4.1"]);
});

Deno.test("a port where a device was found later, or an old message, is not reported", () => {
  const log = failing(100, "usb1-port3", "1-3") + found(110, "1-3");
  assert.deepEqual(silentPortsIn(log, 140), []);
  assert.deepEqual(silentPortsIn(log + failing(120, "usb1-port3", "1-3"), 140), ["1-3"]);
  assert.deepEqual(silentPortsIn(failing(100, "usb1-port3", "1-3"), 2_000), []);
  assert.deepEqual(silentPortsIn("no log at all\n", 1), []);
});

Deno.test({
  name: "this system's log can be asked",
  ignore: Deno.build.os !== "linux",
  fn: async () => assert.ok(Array.isArray(await linuxSilentPorts())),
});

Deno.test({
  name: "asking the log again loads no library again",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await linuxSilentPorts();
    const { dlopen } = Deno;
    let loaded = 0;
    Deno.dlopen = ((...all: Parameters<typeof dlopen>) => {
      loaded++;
      return dlopen(...all);
    }) as typeof dlopen;
    try {
      await linuxSilentPorts();
    } finally {
      Deno.dlopen = dlopen;
    }
    assert.equal(loaded, 0);
  },
});

Deno.test("the system is asked once a second at most, and no more after an error", async () => {
  let asked = 0;
  const ask = atMostOnceASecond(() => Promise.resolve([String(++asked)]), []);
  assert.deepEqual([await ask(), await ask()], [["1"], ["1"]]);
  const failing = atMostOnceASecond(() => Promise.reject(new Error(String(++asked))), []);
  assert.deepEqual([await failing(), await failing()], [[], []]);
  assert.equal(asked, 2);
});
