//! Measures the contenders in turn, round by round, and keeps the time of every round.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::check::{self, Served, takes_part};
use super::contender::Contender;
use super::load::{Answer, Client};
use super::serve::Serving;
use super::workload::{COLD, Kind, Workload};

/// How long a round of one contender takes, about.
const ROUND: Duration = Duration::from_millis(500);

/// What is measured, and how.
#[derive(Debug)]
pub struct Bench {
    /// Those that take part.
    pub contenders: Vec<Contender>,
    /// The program.
    pub workerd: PathBuf,
    /// The folder above all modules.
    pub folder: PathBuf,
    /// How many rounds there are.
    pub rounds: usize,
}

/// The rounds of one contender.
#[derive(Debug, Clone)]
pub struct Rounds {
    /// Whose they are.
    pub name: &'static str,
    /// How long each took.
    pub times: Vec<Duration>,
    /// The parts of that time in which the client and workerd used a processor, where the system tells.
    pub busy: Busy,
}

/// Processor time of all rounds of a contender.
#[derive(Debug, Clone, Copy, Default)]
pub struct Busy {
    /// The client's, in clock ticks of the system.
    pub client: u64,
    /// workerd's.
    pub workerd: u64,
}

/// A workload with the rounds of those that took part.
#[derive(Debug)]
pub struct Measured<'a> {
    /// The workload.
    pub workload: &'a Workload,
    /// How many requests a round had.
    pub count: u32,
    /// One for each contender, which all had the same number of rounds.
    pub contenders: Vec<Rounds>,
}

impl Bench {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn serve(&self) -> Result<Serving> {
        Serving::start(&self.workerd, &self.folder, &self.data(), &self.contenders.iter().collect::<Vec<_>>())
    }

    async fn connect(&self, serving: &Serving) -> Result<Vec<Served>> {
        let mut served = Vec::new();
        for (place, contender) in self.contenders.iter().enumerate() {
            let address = serving.address(place).context("a contender has no socket")?;
            served.push((contender.name, Client::connect(address).await?));
        }
        Ok(served)
    }

    /// Fills new stores and checks that all contenders give equal bytes for every one of `workloads`; then measures each,
    /// unless `check_only`. `done` gets each as soon as it is measured.
    ///
    /// # Errors
    /// When workerd does not run, or answers differ.
    pub async fn run<'a>(
        &self,
        workloads: &[&'a Workload],
        check_only: bool,
        mut done: impl FnMut(&Measured<'a>),
    ) -> Result<Vec<Measured<'a>>> {
        let data = self.data();
        if data.exists() {
            fs::remove_dir_all(&data).with_context(|| format!("cannot empty {}", data.display()))?;
        }
        let mut serving = self.serve()?;
        let mut served = self.connect(&serving).await?;
        check::fill(&mut served).await?;
        let mut answers = Vec::new();
        for workload in workloads {
            answers.push(check::same(workload, &mut served).await?);
        }
        let mut all = Vec::new();
        for (workload, answer) in workloads.iter().zip(&answers).filter(|_| !check_only) {
            let measured = match workload.kind {
                Kind::Warm => self.warm(workload, answer.as_ref(), &serving, &mut served).await?,
                Kind::Start => self.start(workload).await?,
                Kind::Cold => {
                    serving.stop()?;
                    let measured = self.cold(workload, answer.as_ref()).await?;
                    serving = self.serve()?;
                    served = self.connect(&serving).await?;
                    measured
                }
            };
            done(&measured);
            all.push(measured);
        }
        serving.stop()?;
        Ok(all)
    }

    async fn warm<'a>(
        &self,
        workload: &'a Workload,
        like: Option<&Answer>,
        serving: &Serving,
        served: &mut [Served],
    ) -> Result<Measured<'a>> {
        let mut count = 16;
        if let Some((_, client)) = served.first_mut() {
            // The first is the one to beat; how many requests it does in a round, all do.
            loop {
                let time = client.drive(workload.call, 0, count, like).await?;
                if time > ROUND / 2 {
                    count = fitting(count, time);
                    break;
                }
                count *= 2;
            }
        }
        let mut measured = self.none(workload, count);
        for (name, client) in served.iter_mut().filter(|(name, _)| takes_part(workload, name)) {
            client.drive(workload.call, 0, count, like).await.with_context(|| (*name).to_owned())?;
        }
        for round in 0..self.rounds {
            for place in order(round, served.len()) {
                let Some((name, client)) = served.get_mut(place) else { continue };
                let Some(rounds) = measured.of(name) else { continue };
                let before = ticks(serving.pid());
                let time =
                    client.drive(workload.call, 0, count, like).await.with_context(|| (*name).to_owned())?;
                rounds.add(time, before, ticks(serving.pid()));
            }
        }
        Ok(measured)
    }

    async fn cold<'a>(&self, workload: &'a Workload, like: Option<&Answer>) -> Result<Measured<'a>> {
        let mut measured = self.none(workload, COLD);
        for round in 0..self.rounds {
            let serving = self.serve()?;
            let mut served = self.connect(&serving).await?;
            for (name, client) in &mut served {
                // The code runs and has been compiled by V8, only the actors that count have not begun.
                for other in ["read", "tenants"] {
                    let other = super::workload::WORKLOADS.iter().find(|w| w.name.ends_with(other));
                    let Some(other) = other else { continue };
                    client.drive(other.call, 0, 500, None).await.with_context(|| (*name).to_owned())?;
                }
            }
            for place in order(round, served.len()) {
                let Some((name, client)) = served.get_mut(place) else { continue };
                let Some(rounds) = measured.of(name) else { continue };
                let before = ticks(serving.pid());
                let time =
                    client.drive(workload.call, 0, COLD, like).await.with_context(|| (*name).to_owned())?;
                rounds.add(time, before, ticks(serving.pid()));
            }
            serving.stop()?;
        }
        Ok(measured)
    }

    async fn start<'a>(&self, workload: &'a Workload) -> Result<Measured<'a>> {
        let mut measured = self.none(workload, 1);
        let data = self.folder.join("start");
        for round in 0..self.rounds {
            for place in order(round, self.contenders.len()) {
                let Some(contender) = self.contenders.get(place) else { continue };
                let Some(rounds) = measured.of(contender.name) else { continue };
                let began = Instant::now();
                let serving = Serving::start(&self.workerd, &self.folder, &data, &[contender])?;
                let mut client = Client::connect(serving.address(0).context("it has no socket")?).await?;
                client.ask((workload.call)(0)).await?;
                rounds.add(began.elapsed(), None, None);
                serving.stop()?;
            }
        }
        Ok(measured)
    }

    fn none<'a>(&self, workload: &'a Workload, count: u32) -> Measured<'a> {
        let names = self.contenders.iter().map(|contender| contender.name);
        let contenders = names
            .filter(|name| takes_part(workload, name))
            .map(|name| Rounds { name, times: Vec::new(), busy: Busy::default() })
            .collect();
        Measured { workload, count, contenders }
    }
}

impl Measured<'_> {
    fn of(&mut self, name: &str) -> Option<&mut Rounds> {
        self.contenders.iter_mut().find(|rounds| rounds.name == name)
    }
}

impl Rounds {
    fn add(&mut self, time: Duration, before: Option<Busy>, after: Option<Busy>) {
        self.times.push(time);
        if let (Some(before), Some(after)) = (before, after) {
            self.busy.client += after.client.saturating_sub(before.client);
            self.busy.workerd += after.workerd.saturating_sub(before.workerd);
        }
    }
}

/// The places in the order of a round: every other one goes backwards, so that nobody is always behind another.
fn order(round: usize, count: usize) -> Vec<usize> {
    if round.is_multiple_of(2) { (0..count).collect() } else { (0..count).rev().collect() }
}

/// How many requests fill a round, where `count` took `time`.
fn fitting(count: u32, time: Duration) -> u32 {
    let wanted = f64::from(count) * ROUND.as_secs_f64() / time.as_secs_f64();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of requests")]
    let wanted = wanted as u32;
    wanted.max(16)
}

/// The processor time of this process and of workerd so far, where the system has `/proc`.
fn ticks(workerd: u32) -> Option<Busy> {
    let of = |process: &str| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name of the program, in brackets, may hold spaces; user and system time are the 12th and 13th after it.
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut fields = rest.split(' ').skip(11).map(|field| field.parse::<u64>().unwrap_or(0));
        Some(fields.next()? + fields.next()?)
    };
    Some(Busy { client: of("self")?, workerd: of(&workerd.to_string())? })
}
