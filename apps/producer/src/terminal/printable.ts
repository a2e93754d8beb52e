// Text that somebody else wrote, made safe for a terminal: no control characters, so no escape sequence of theirs is obeyed.

/** Line breaks, escapes and invisible controls become visible `\\u001b` forms; everything else stays. */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
