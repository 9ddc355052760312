import { asUnbrickError } from "../../../common/errors.ts";
import { MbootClient } from "../../../protocols/mboot/client/mboot_client.ts";
import { LOADER_PRODUCT_ID, LOADER_VENDOR_ID } from "../../../protocols/mboot/packets/report.ts";
import { blhostCommands } from "./blhost_commands.ts";
import { blhostAdvice } from "./advice.ts";
import { flag, usage, value } from "../options.ts";
import type { VendorTool } from "../tool.ts";
import { nxpTool, plainHex } from "./tool.ts";

const help = `Usage: unbrick blhost [OPTIONS] [--] COMMAND [ARGUMENTS]

Accepts the command line of NXP's blhost for the flashloader and the bootloader of i.MX RT chips,
over USB HID.

Commands:
  get-property TAG [MEMORY|INDEX]          Read a property
  list-memory                              List the memories
  fill-memory ADDRESS BYTES PATTERN [word|short|byte]
  configure-memory MEMORY ADDRESS          Configure a memory with the block at ADDRESS
  flash-erase-region ADDRESS BYTES [MEMORY]
  flash-erase-all [MEMORY]                 Needs --allow erase-all: firmware and files are lost
  write-memory ADDRESS FILE|{{HEX}} [MEMORY]
                                           Write, then read back and compare
  read-memory ADDRESS BYTES [FILE] [MEMORY]
  efuse-read-once INDEX                    Read a fuse word
  efuse-program-once INDEX HEX             Burn fuse bits: reads, asks for consent, burns, reads back
  reset                                    Reset the chip

Options:
  -u, --usb VID,PID     USB ids (default 0x15A2,0x0073)
  -t, --timeout MS      Deadline of each answer (default: depends on the command)
      --path PORT       Port path, for example 1-1.3, if several devices match
      --wait SECONDS    How long to wait for the device (default 10)
      --allow-fuse NAME Consent to burn a fuse; efuse-program-once shows the name
      --allow NAME      Consent to erase-all, or to write an unchecked-image
      --libusb FILE     Use this libusb library
      --trace FILE      Record all traffic in FILE (pcapng), for Wireshark
  -V, -d, -n            Accepted; has no effect
  -v, --version         Version
  -h, --help            This text

The exit code is 0 only if the device has confirmed the command: every other status is an error.
`;

export const blhost: VendorTool = nxpTool({
  name: "blhost",
  vendorId: LOADER_VENDOR_ID,
  productId: LOADER_PRODUCT_ID,
  help,
  advice: blhostAdvice,
  options: [flag("--noping", "-n"), value("--allow-fuse"), value("--allow")],
  async prepare(options, context) {
    const [name] = options.command;
    const make = blhostCommands[name];
    if (!make) throw usage(`blhost has no command ${name} here.`);
    const work = await make(options, context);
    return async (job) => {
      const { clock, signal } = job;
      const { timeoutMs } = options;
      const client = await MbootClient.connect(job.device, { clock, signal, timeoutMs });
      job.print(`Inject command '${name}'`);
      try {
        await work(client, job);
      } catch (thrown) {
        const { data } = asUnbrickError(thrown);
        const { status, statusName } = data;
        if (typeof status === "number") {
          job.print(`Response status = ${status} (${plainHex(status)}) ${statusName}`);
        }
        throw thrown;
      }
    };
  },
});
