//! Jobs: planning over every room, changing a hundred thousand, and what people feel of it meanwhile.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{
    Bench,
    client::Client,
    loads::{Load, crowd, saves},
    megabytes, say,
    server::Server,
    table::{Budget, Figure},
};

/// Rooms that the budget of a run is for.
const MANY: f64 = 100_000.0;
/// The address's question that a run is about: the rooms with the first hundred thousand numbers.
const SOME: &str = "q=room-00";
/// A run that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(600);

/// What a run came to.
struct Ran {
    /// The job's number.
    id: String,
    /// Rooms it was about.
    rooms: f64,
    /// From the press of the button until the page says that it is over.
    over: Duration,
}

impl Ran {
    /// Seconds that this run may take.
    fn budget(&self) -> f64 {
        60.0 * self.rooms / MANY
    }
}

impl Bench {
    /// Plans and runs over many rooms.
    pub async fn jobs(&mut self, figures: &mut Vec<Figure>) -> Result<()> {
        let (cookie, rooms) = (self.cookie.clone(), self.options.rooms);
        let mut client = Client::connect(self.server.address, &cookie).await?;
        let mut planner = Planner { client: &mut client };
        if self.wants("plan, all rooms") {
            say("plan, all rooms");
            self.server.forget_peak()?;
            let is = planner.plan_all().await?.as_secs_f64();
            figures.push(Figure { name: "plan, all rooms", is, most: 5.0 * rooms as f64 / 1e6, unit: "s" });
            figures.push(Figure {
                name: "memory, planning",
                is: megabytes(self.server.peak()),
                most: 200.0,
                unit: "MB",
            });
        }
        if !self.wants("job, 100,000 rooms") {
            return Ok(());
        }
        say("jobs over 100,000 rooms");
        self.server.forget_peak()?;
        let status = planner.change("typed[set][status]", "inactive").await?;
        let tags = planner.change("typed[add][tags]", "bench").await?;
        figures.push(Figure { name: "job, status", is: status.over.as_secs_f64(), most: status.budget(), unit: "s" });
        figures.push(Figure { name: "job, tags", is: tags.over.as_secs_f64(), most: tags.budget(), unit: "s" });
        let (undone, felt) = planner.undo_among(&self.server, &cookie, rooms, &tags).await?;
        let name = "job, undo while 64 save";
        figures.push(Figure { name, is: undone.over.as_secs_f64(), most: undone.budget(), unit: "s" });
        // What was undone counts as touched since, so the first job is no longer to be undone.
        planner.change("typed[set][status]", "active").await?;
        figures.push(Figure { name: "memory, jobs", is: megabytes(self.server.peak()), most: 200.0, unit: "MB" });
        self.add("save, 64 at once, while a job runs", felt, None, Budget::p99(100.0));
        Ok(())
    }
}

/// Whoever plans and runs.
struct Planner<'a> {
    /// Signed in as an admin.
    client: &'a mut Client,
}

impl Planner<'_> {
    /// Plans a change of all rooms, and drops the plan; says how long it took until the plan's page was there.
    async fn plan_all(&mut self) -> Result<Duration> {
        let began = Instant::now();
        let id = self.ask("/api/plan_job", &[("chosen[all]", "1"), ("typed[set][muted]", "yes")]).await?;
        self.client.page(&format!("/jobs/{id}")).await?;
        let took = began.elapsed();
        self.ask("/api/cancel_job", &[("id", &id)]).await?;
        Ok(took)
    }

    /// Plans and runs one change of some rooms, to its end.
    async fn change(&mut self, name: &str, value: &str) -> Result<Ran> {
        let planned = [("chosen[all]", "1"), ("chosen[query]", SOME), (name, value)];
        let id = self.ask("/api/plan_job", &planned).await?;
        self.run(id).await
    }

    /// Takes a job back, to its end.
    async fn undo(&mut self, ran: &Ran) -> Result<Ran> {
        let id = self.ask("/api/undo_job", &[("id", &ran.id)]).await?;
        self.run(id).await
    }

    /// Takes a job back while others save; gives what they felt, once it is over as well.
    async fn undo_among(&mut self, server: &Server, cookie: &str, rooms: u64, ran: &Ran) -> Result<(Ran, Load)> {
        let load = crowd(server.address, cookie, 64, 8, saves(500_000, rooms), |status, _| status == 200);
        let (ran, load) = tokio::try_join!(self.undo(ran), load)?;
        if ran.over < load.over {
            eprintln!("  the job was over before the savers were: {:?}", ran.over);
        }
        Ok((ran, load))
    }

    async fn run(&mut self, id: String) -> Result<Ran> {
        let here = format!("/jobs/{id}");
        let plan = self.client.text(&here).await?;
        let token = between(&plan, "name=\"token\" value=\"", "\"").context("the plan has no token")?.to_owned();
        let began = Instant::now();
        self.ask("/api/run_job", &[("id", &id), ("token", &token)]).await?;
        loop {
            let page = self.client.text(&here).await?;
            if !page.contains("id=\"job-progress\" data-watch") {
                let rooms = between(&page, "<progress", ">").and_then(|tag| between(tag, "max=\"", "\""));
                let rooms = rooms.context("the page shows no progress")?.parse()?;
                if between(&page, "<progress", ">").and_then(|tag| between(tag, "value=\"", "\"")) == Some("0") {
                    bail!("job {id} ended without having done anything");
                }
                return Ok(Ran { id, rooms, over: began.elapsed() });
            }
            if began.elapsed() > LONGEST {
                bail!("job {id} does not end");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Sends a form that leads to a job; gives the job's number.
    async fn ask(&mut self, path: &str, pairs: &[(&str, &str)]) -> Result<String> {
        let answer = self.client.form(path, pairs).await?;
        let id = answer.to.strip_prefix("/jobs/").and_then(|rest| rest.split('?').next());
        match id.filter(|id| id.bytes().all(|digit| digit.is_ascii_digit())) {
            Some(id) => Ok(id.to_owned()),
            None => bail!("{path} leads to {:?} ({})", answer.to, answer.status),
        }
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split(after).next()
}
