import type { ValueOf } from "../../../common/struct.ts";
import type { FunctionDeclaration } from "../../../transport/usb/function.ts";
import { FunctionalBytes } from "../packets/functional_descriptor.ts";

/** What a device in DFU mode declares in its configuration descriptor. */
export interface DfuConfiguration {
  readonly alternates: number;
  /** iInterface of alternate setting 0; the others follow. */
  readonly firstString: number;
  readonly bmAttributes: number;
  /** In units of 2 mA. */
  readonly bMaxPower?: number;
  readonly functional: ValueOf<typeof FunctionalBytes>;
}

/**
 * Returns the configuration of a DFU device: one interface whose functional descriptor follows the
 * last alternate setting (dfu-dfuse.md A1, F1).
 */
export function dfuConfiguration(
  { alternates, firstString, functional, ...fields }: DfuConfiguration,
): FunctionDeclaration["configuration"] {
  const interfaces = Array.from({ length: alternates }, (_, at) => ({
    bAlternateSetting: at,
    bInterfaceClass: 0xFE,
    bInterfaceSubClass: 1,
    bInterfaceProtocol: 2,
    iInterface: firstString + at,
    ...(at === alternates - 1 && { extra: FunctionalBytes.encode(functional) }),
  }));
  return { ...fields, interfaces };
}
