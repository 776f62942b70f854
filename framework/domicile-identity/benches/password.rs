//! What a password costs: `cargo bench -p domicile-identity --bench password`. It measures and holds nothing to a bound, since
//! a hash is to be slow, and how slow is the machine's.

use std::hint::black_box;
use std::time::Instant;

use domicile_identity::password::{Verdict, hash, verify};

fn main() {
    let Ok(stored) = hash("correct horse", [7; 16]) else { return };
    println!(
        "argon2id, {}: {:.1} ms",
        stored.split('$').nth(3).unwrap_or_default(),
        milliseconds(10, || {
            assert_eq!(verify(black_box("correct horse"), &stored), Verdict::Right);
        })
    );
    for iterations in [600_000, 1_200_000] {
        let stored = format!("pbkdf2_sha256${iterations}$saltsaltsalt${}=", "A".repeat(43));
        println!(
            "pbkdf2_sha256 of Django, {iterations} iterations: {:.1} ms",
            milliseconds(3, || {
                assert_eq!(verify(black_box("correct horse"), &stored), Verdict::Wrong);
            })
        );
    }
}

/// The median of so many runs.
fn milliseconds(runs: usize, run: impl Fn()) -> f64 {
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(runs / 2).copied().unwrap_or_default()
}
