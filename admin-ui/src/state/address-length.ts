/** More of a text makes addresses that some programs cut off. */
export const LONGEST = 2_000;
