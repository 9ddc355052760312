/** Characters 128 to 255 of code page 437, in which the cameras' FatFs writes short names. */
const upperHalf = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
  "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

/** Returns the text of bytes in code page 437 (MICROPY_FATFS_LFN_CODE_PAGE, MicroPython's default). */
export function codePage437(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte < 128 ? String.fromCharCode(byte) : upperHalf[byte - 128])
    .join("");
}
