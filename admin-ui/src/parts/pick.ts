/** Something to pick. */
export interface Pick {
  value: string;
  label: string;
  /** Beside the label, to tell equal ones apart. */
  detail?: string | undefined;
}
