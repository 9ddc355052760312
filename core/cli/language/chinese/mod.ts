import type { Catalogue } from "../translate.ts";
import { arduino } from "./arduino.ts";
import { cli } from "./cli.ts";
import { cli_commands } from "./cli_commands.ts";
import { cli_completion } from "./cli_completion.ts";
import { cli_devices } from "./cli_devices.ts";
import { cli_doctor } from "./cli_doctor.ts";
import { cli_guide } from "./cli_guide.ts";
import { cli_images } from "./cli_images.ts";
import { cli_language } from "./cli_language.ts";
import { cli_operators } from "./cli_operators.ts";
import { cli_pages } from "./cli_pages.ts";
import { cli_prompts } from "./cli_prompts.ts";
import { cli_terminal } from "./cli_terminal.ts";
import { cli_views } from "./cli_views.ts";
import { common } from "./common.ts";
import { core } from "./core.ts";
import { device } from "./device.ts";
import { family } from "./family.ts";
import { ffi } from "./ffi.ts";
import { help } from "./help.ts";
import { image } from "./image.ts";
import { openmv_ae3 } from "./openmv_ae3.ts";
import { openmv_bootloader } from "./openmv_bootloader.ts";
import { openmv_n6 } from "./openmv_n6.ts";
import { openmv_rt1062 } from "./openmv_rt1062.ts";
import { openmv_stm32 } from "./openmv_stm32.ts";
import { plan } from "./plan.ts";
import { protocols } from "./protocols.ts";
import { station } from "./station.ts";
import { transport } from "./transport.ts";
import { unseen } from "./unseen.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const chinese: Catalogue = {
  ...arduino,
  ...cli,
  ...cli_commands,
  ...cli_completion,
  ...cli_devices,
  ...cli_doctor,
  ...cli_guide,
  ...cli_images,
  ...cli_language,
  ...cli_operators,
  ...cli_pages,
  ...cli_prompts,
  ...cli_terminal,
  ...cli_views,
  ...common,
  ...core,
  ...device,
  ...family,
  ...ffi,
  ...help,
  ...image,
  ...openmv_ae3,
  ...openmv_bootloader,
  ...openmv_n6,
  ...openmv_rt1062,
  ...openmv_stm32,
  ...plan,
  ...protocols,
  ...station,
  ...transport,
  ...unseen,
};
