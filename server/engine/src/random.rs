//! Randomness as a parameter.

/// Draws unpredictable bytes.
pub trait Random: std::fmt::Debug + Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A uniformly distributed number below `bound`; 0 when `bound` is 0.
    fn below(&self, bound: u32) -> u32 {
        if bound < 2 {
            return 0;
        }
        // Draws above the largest multiple of `bound` are thrown away, so no number is more likely.
        let limit = u32::MAX - u32::MAX % bound;
        loop {
            let mut bytes = [0; 4];
            self.fill(&mut bytes);
            let drawn = u32::from_le_bytes(bytes);
            if drawn < limit {
                return drawn % bound;
            }
        }
    }

    /// A number of 64 bits.
    fn seed(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// `length` characters drawn from `alphabet` (ASCII); empty when the alphabet is.
    fn text(&self, alphabet: &[u8], length: usize) -> String {
        let bound = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
        (0..length)
            .filter_map(|_| {
                alphabet
                    .get(self.below(bound) as usize)
                    .copied()
                    .map(char::from)
            })
            .collect()
    }
}

/// The randomness of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::expect_used,
        reason = "nothing safe can be done without; it does not fail once the machine is up"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}
