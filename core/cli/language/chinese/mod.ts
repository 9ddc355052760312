import type { Catalogue } from "../translate.ts";
import { alif_isp } from "./alif_isp.ts";
import { arduino } from "./arduino.ts";
import { cli } from "./cli.ts";
import { cli_commands } from "./cli_commands.ts";
import { cli_completion } from "./cli_completion.ts";
import { cli_doctor } from "./cli_doctor.ts";
import { cli_guide } from "./cli_guide.ts";
import { cli_language } from "./cli_language.ts";
import { cli_operators } from "./cli_operators.ts";
import { cli_page } from "./cli_page.ts";
import { cli_report } from "./cli_report.ts";
import { cli_sets } from "./cli_sets.ts";
import { cli_views } from "./cli_views.ts";
import { common } from "./common.ts";
import { core } from "./core.ts";
import { dfu } from "./dfu.ts";
import { ffi } from "./ffi.ts";
import { help } from "./help.ts";
import { image } from "./image.ts";
import { mboot } from "./mboot.ts";
import { openmv_ae3 } from "./openmv_ae3.ts";
import { openmv_bootloader } from "./openmv_bootloader.ts";
import { openmv_n6 } from "./openmv_n6.ts";
import { openmv_rt1062 } from "./openmv_rt1062.ts";
import { openmv_stm32 } from "./openmv_stm32.ts";
import { plan } from "./plan.ts";
import { sdp } from "./sdp.ts";
import { serial } from "./serial.ts";
import { serial_boot } from "./serial_boot.ts";
import { station } from "./station.ts";
import { usb } from "./usb.ts";
import { unseen } from "./unseen.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const chinese: Catalogue = {
  ...alif_isp,
  ...arduino,
  ...cli,
  ...cli_commands,
  ...cli_completion,
  ...cli_doctor,
  ...cli_guide,
  ...cli_language,
  ...cli_operators,
  ...cli_page,
  ...cli_report,
  ...cli_sets,
  ...cli_views,
  ...common,
  ...core,
  ...dfu,
  ...ffi,
  ...help,
  ...image,
  ...mboot,
  ...openmv_ae3,
  ...openmv_bootloader,
  ...openmv_n6,
  ...openmv_rt1062,
  ...openmv_stm32,
  ...plan,
  ...sdp,
  ...serial,
  ...serial_boot,
  ...station,
  ...usb,
  ...unseen,
};
