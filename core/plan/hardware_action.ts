import { text, type Words } from "../common/text.ts";

/**
 * An action that a person must carry out by hand. The engine shows it and then waits for its effect
 * on the bus. A simulated board carries out the action by its `id`, and screens draw it.
 */
export interface HardwareAction {
  readonly id:
    | "unplug"
    | "plug"
    | "fit-jumper"
    | "remove-jumper"
    | "switch-on"
    | "switch-off"
    | "press-button"
    | "press-reset-twice";
  /** The whole instruction: "Connect a jumper wire between the BOOT and RST pins." */
  readonly text: Words;
  /** The pins, switch or button, as printed on the board. */
  readonly parts?: readonly string[];
}

/** Actions that apply to any camera. */
export const unplug: HardwareAction = {
  id: "unplug",
  text: text`Unplug the camera from every cable.`,
};
export const plug: HardwareAction = { id: "plug", text: text`Plug the camera into USB again.` };
