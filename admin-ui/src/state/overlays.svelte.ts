/** What lies over the whole dashboard when it is asked for. */
class OverlaysState {
  palette = $state(false);
  help = $state(false);
}

export const overlays = new OverlaysState();
