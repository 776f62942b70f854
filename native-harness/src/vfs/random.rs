//! The generator behind SQL's `random()` and `randomblob()`.
#![forbid(unsafe_code)]

use std::sync::{Arc, Mutex, PoisonError};

use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng, SeedableRng};

/// A seeded generator, shared by every clone.
///
/// It is a stream cipher and not a fast mixer: applications make tokens from `randomblob()`, and one token must not
/// reveal the next. A test gives a fixed seed, a serving host one from the operating system.
#[derive(Clone)]
pub(crate) struct Random(Arc<Mutex<ChaCha12Rng>>);

impl Random {
    pub(crate) fn seeded(seed: [u8; 32]) -> Self {
        Self(Arc::new(Mutex::new(ChaCha12Rng::from_seed(seed))))
    }

    /// Begins anew from another seed, for every clone.
    pub(crate) fn reseed(&self, seed: [u8; 32]) {
        self.lock(|generator| *generator = ChaCha12Rng::from_seed(seed));
    }

    pub(crate) fn fill(&self, bytes: &mut [u8]) {
        self.lock(|generator| generator.fill_bytes(bytes));
    }

    pub(crate) fn next_u64(&self) -> u64 {
        self.lock(ChaCha12Rng::next_u64)
    }

    fn lock<T>(&self, draw: impl FnOnce(&mut ChaCha12Rng) -> T) -> T {
        // A generator has no invariant that a panic elsewhere could have broken.
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
