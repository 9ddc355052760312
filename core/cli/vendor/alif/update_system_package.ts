import { refuseForeignChip } from "../../../protocols/alif_isp/client/chip_check.ts";
import {
  enterMaintenance,
  identifyEnclave,
  waitForStart,
} from "../../../protocols/alif_isp/client/connect.ts";
import { writeSystemPackage } from "../../../protocols/alif_isp/client/write_image.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { flag, usage, value } from "../options.ts";
import { packageFromFolder, refuseOtherVersion } from "./packages.ts";
import type { VendorTool } from "../tool.ts";
import { alifTool, portHelp, portOptions } from "./tool.ts";

const help = `Usage: unbrick updateSystemPackage [OPTIONS]

Accepts the command line of Alif's updateSystemPackage. The package comes from the folder alif in
the current folder, chosen by the part and the root key that the chip reports.

  -nr, --no-reset         Do not go into maintenance first; the chip must already be in it
  -s, --switch, --skip-baud
                          Stay at 55000 baud
  --cfg-part PART, --cfg-rev REV
                          Accepted; the chip itself reports this
${portHelp}
The exit code is 0 only if the chip runs the new package afterwards.

Examples:
  unbrick updateSystemPackage
  unbrick updateSystemPackage -c /dev/ttyUSB0
`;

export const updateSystemPackage: VendorTool = alifTool({
  name: "updateSystemPackage",
  help,
  options: [
    ...portOptions,
    value("--cfg-part"),
    value("--cfg-rev"),
    flag("--no-reset", "-nr"),
    flag("--skip-baud", "-s", "--switch"),
    flag("--no-authentication", "-na"),
  ],
  prepare(given, job) {
    if (given.has("--no-authentication")) {
      throw usage("-na: a package is never sent without its signature.");
    }
    const { signal } = job.context;
    const slow = given.has("--skip-baud");
    return () =>
      job.withEnclave(given, async (client, found) => {
        if (found.enquiry.source === "SEROM") {
          throw new UnbrickError(
            "device-status",
            "Please use Recovery option: the chip's ROM answers. Its firmware comes back with: " +
              "unbrick maintenance -opt recovery",
            { error: found.enquiry.error },
          );
        }
        refuseForeignChip(found);
        const system = packageFromFolder(job.folder, job.context, found, client.port.info);
        job.print(
          `${found.banner}: renewing it with ${system.image.name}, version ${system.version}.`,
        );
        if (!given.has("--no-reset")) await enterMaintenance(client);
        const onProgress = job.progress("Writing the system package");
        await writeSystemPackage(client, system, { signal, slow, onProgress });
        await client.reset();
        await waitForStart(client);
        const started = await identifyEnclave(client);
        refuseOtherVersion(started, system);
        job.print(`The chip checked the signatures and runs the package: ${started.banner}.`);
        job.print("Unplug the camera and plug it in again, with the recovery switch still on.");
      });
  },
});
