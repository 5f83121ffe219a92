/** Whether the server answers; when it does not, asks again after a growing wait. */
const FIRST_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 30;

class Connection {
  /** Is the server gone? */
  gone = $state(false);
  /** Seconds until the next try. */
  seconds = $state(0);
  /** Grows each time the server comes back; views that depend on it load again. */
  returns = $state(0);

  private wait = FIRST_WAIT_SECONDS;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** A request got no answer. */
  lost(): void {
    if (this.gone) return;
    this.gone = true;
    this.wait = FIRST_WAIT_SECONDS;
    this.countDown();
  }

  /** A request got an answer. */
  found(): void {
    if (!this.gone) return;
    clearInterval(this.timer);
    this.gone = false;
    this.returns += 1;
  }

  /** Views load again, because of something that was done beside them. */
  readAgain(): void {
    this.returns += 1;
  }

  /** Asks now. */
  async retry(): Promise<void> {
    clearInterval(this.timer);
    this.seconds = 0;
    const answered = await fetch("/api/health").then(
      (answer) => answer.ok,
      () => false,
    );
    if (answered) {
      this.found();
      return;
    }
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_SECONDS);
    this.countDown();
  }

  private countDown(): void {
    this.seconds = this.wait;
    this.timer = setInterval(() => {
      this.seconds -= 1;
      if (this.seconds <= 0) void this.retry();
    }, 1000);
  }
}

export const connection = new Connection();
