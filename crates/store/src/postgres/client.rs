//! One connection to the server, used by one thread at a time. What nobody waits for is gathered
//! and sent ahead of the next question, all of it in one journey.

use std::cell::{Cell as Flag, RefCell};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use domain::{Fault, FaultKind};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error, NoTls, Statement};

use super::fault::{fault, timed_out};
use super::server::Server;
use crate::value::{AsCell, Cell, Parameters, Row, Value};

/// Statements that are gathered at the most before they are sent.
const GATHERED_MAX: usize = 256;

/// A connection.
pub(crate) struct Client {
    /// Runs the connection while somebody waits for an answer.
    runtime: Option<Runtime>,
    client: tokio_postgres::Client,
    /// Statements are known by their place: they are all constants of this program.
    prepared: RefCell<HashMap<(usize, usize), Statement>>,
    gathered: RefCell<Vec<Gathered>>,
    /// How long one statement may take.
    patience: Duration,
    /// Whether an answer is still owed, so that the connection cannot be used any more.
    broken: Flag<bool>,
}

struct Gathered {
    statement: Statement,
    values: Vec<Value>,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + 'a>>;

impl Client {
    /// Connects.
    pub(crate) fn connect(server: &Server) -> Result<Self, Fault> {
        let (config, tls) = server.way()?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| {
                Fault::new(FaultKind::Unavailable, "the machine gives no sockets").because(error)
            })?;
        let connecting = async {
            Ok::<_, Error>(match tls {
                Some(tls) => {
                    let (client, connection) = config.connect(tls).await?;
                    tokio::spawn(connection);
                    client
                }
                None => {
                    let (client, connection) = config.connect(NoTls).await?;
                    tokio::spawn(connection);
                    client
                }
            })
        };
        let connected =
            runtime.block_on(async { tokio::time::timeout(server.connect, connecting).await });
        let client = match connected {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return Err(fault(error)),
            Err(_) => return Err(timed_out()),
        };
        let connected = Self {
            runtime: Some(runtime),
            client,
            prepared: RefCell::default(),
            gathered: RefCell::default(),
            patience: server.statement,
            broken: Flag::new(false),
        };
        // The server gives up before we do, so that it goes on with nothing that was given up here.
        let limit = server.statement.as_millis();
        connected.batch(&format!(
            "SET statement_timeout = {limit}; SET lock_timeout = {limit};
             SET idle_in_transaction_session_timeout = {}; SET timezone = 'UTC'",
            limit * 4
        ))?;
        Ok(connected)
    }

    /// Whether it can be used: it is open, and owes nobody an answer.
    pub(crate) fn is_usable(&self) -> bool {
        if self.broken.get() || !self.gathered.borrow().is_empty() {
            return false;
        }
        // What the server said meanwhile, that it goes down perhaps, is heard now.
        let heard = self.drive(async {
            for _ in 0..2 {
                tokio::task::yield_now().await;
            }
        });
        heard.is_some() && !self.client.is_closed()
    }

    /// All rows of a query.
    pub(crate) fn all<T>(
        &self,
        query: &'static str,
        cells: &[Cell<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let rows = self.rows(query, cells)?;
        rows.iter().map(|row| take(&Row::Postgres(row))).collect()
    }

    /// The first row of a query, if there is one.
    pub(crate) fn one<T>(
        &self,
        query: &'static str,
        cells: &[Cell<'_>],
        take: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let rows = self.rows(query, cells)?;
        rows.first()
            .map(|row| take(&Row::Postgres(row)))
            .transpose()
    }

    /// All rows of a query for each of some parameters, which are asked in one journey.
    pub(crate) fn each<P: Parameters>(
        &self,
        query: &'static str,
        of: &[P],
        mut take: impl FnMut(usize, &Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let statement = self.prepared(query)?;
        for (round, some) in of.chunks(GATHERED_MAX).enumerate() {
            self.send()?;
            let values: Vec<Vec<Value>> = some
                .iter()
                .map(|one| one.lend(|cells| cells.iter().map(|cell| cell.to_value()).collect()))
                .collect();
            let answers = self.wait(async {
                let asked = values.iter().map(|values| {
                    let statement = &statement;
                    let answer: Answer<'_, Vec<tokio_postgres::Row>> = Box::pin(async move {
                        let parameters: Vec<&(dyn ToSql + Sync)> =
                            values.iter().map(|it| it as &(dyn ToSql + Sync)).collect();
                        self.client.query(statement, &parameters).await
                    });
                    Waited::For(answer)
                });
                let mut asked: Vec<_> = asked.collect();
                poll_fn(|context| poll_all(&mut asked, context)).await?;
                Ok(asked)
            })?;
            for (place, answer) in answers.into_iter().enumerate() {
                let Waited::Came(rows) = answer else { continue };
                for row in &rows {
                    take(round * GATHERED_MAX + place, &Row::Postgres(row))?;
                }
            }
        }
        Ok(())
    }

    fn rows(
        &self,
        query: &'static str,
        cells: &[Cell<'_>],
    ) -> Result<Vec<tokio_postgres::Row>, Fault> {
        let statement = self.prepared(query)?;
        let parameters: Vec<&(dyn ToSql + Sync)> = cells
            .iter()
            .map(|cell| cell as &(dyn ToSql + Sync))
            .collect();
        let gathered = self.gathered.take();
        self.wait(async {
            // In order: what was gathered is sent first, the question right behind it.
            let question = self.client.query(&statement, &parameters);
            let mut question = std::pin::pin!(question);
            let mut ahead = self.answers(&gathered);
            let mut rows = None;
            poll_fn(|context| {
                let sent = poll_all(&mut ahead, context);
                if rows.is_none()
                    && let Poll::Ready(answer) = question.as_mut().poll(context)
                {
                    rows = Some(answer);
                }
                match (sent, &rows) {
                    (Poll::Ready(Err(error)), _) => Poll::Ready(Err(error)),
                    (Poll::Ready(Ok(())), Some(_)) => Poll::Ready(Ok(())),
                    _ => Poll::Pending,
                }
            })
            .await?;
            rows.unwrap_or(Ok(Vec::new()))
        })
    }

    /// Runs a statement; returns how many rows it changed.
    pub(crate) fn run(&self, statement: &'static str, cells: &[Cell<'_>]) -> Result<usize, Fault> {
        self.gather(statement, cells)?;
        Ok(self.send()?.last().copied().unwrap_or_default())
    }

    /// Runs a statement for each of some parameters, in one journey; returns how many rows each
    /// changed.
    pub(crate) fn run_each<P: Parameters>(
        &self,
        statement: &'static str,
        of: &[P],
    ) -> Result<Vec<usize>, Fault> {
        let mut changed = Vec::with_capacity(of.len());
        for some in of.chunks(GATHERED_MAX) {
            self.send()?;
            for one in some {
                one.lend(|cells| self.gather(statement, cells))?;
            }
            changed.extend(self.send()?);
        }
        Ok(changed)
    }

    /// Gathers a statement of which nobody waits to hear.
    pub(crate) fn queue(&self, statement: &'static str, cells: &[Cell<'_>]) -> Result<(), Fault> {
        self.gather(statement, cells)?;
        if self.gathered.borrow().len() >= GATHERED_MAX {
            self.send()?;
        }
        Ok(())
    }

    fn gather(&self, statement: &'static str, cells: &[Cell<'_>]) -> Result<(), Fault> {
        let gathered = Gathered {
            statement: self.prepared(statement)?,
            values: cells.iter().map(|cell| cell.to_value()).collect(),
        };
        self.gathered.borrow_mut().push(gathered);
        Ok(())
    }

    /// Sends what was gathered, and waits for all the answers; gives how many rows each statement
    /// changed.
    pub(crate) fn send(&self) -> Result<Vec<usize>, Fault> {
        let gathered = self.gathered.take();
        if gathered.is_empty() {
            return Ok(Vec::new());
        }
        self.wait(async {
            let mut answers = self.answers(&gathered);
            poll_fn(|context| poll_all(&mut answers, context)).await?;
            let changed = answers.iter().map(|answer| match answer {
                Waited::Came(changed) => usize::try_from(*changed).unwrap_or(usize::MAX),
                Waited::For(_) => 0,
            });
            Ok(changed.collect())
        })
    }

    /// Forgets what was gathered and not sent.
    pub(crate) fn forget(&self) {
        self.gathered.take();
    }

    fn answers<'a>(&'a self, gathered: &'a [Gathered]) -> Vec<Waited<'a, u64>> {
        gathered
            .iter()
            .map(|one| {
                Waited::For(Box::pin(
                    self.client.execute_raw(&one.statement, &one.values),
                ))
            })
            .collect()
    }

    /// Runs several statements without parameters.
    pub(crate) fn batch(&self, statements: &str) -> Result<(), Fault> {
        self.send()?;
        self.wait(self.client.batch_execute(statements))
    }

    fn prepared(&self, text: &'static str) -> Result<Statement, Fault> {
        let place = (text.as_ptr() as usize, text.len());
        if let Some(statement) = self.prepared.borrow().get(&place) {
            return Ok(statement.clone());
        }
        let statement = self.wait(self.client.prepare(text))?;
        self.prepared.borrow_mut().insert(place, statement.clone());
        Ok(statement)
    }

    /// Waits for an answer, as long as one statement may take and a little longer.
    fn wait<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Fault> {
        let limit = self.patience + self.patience / 4;
        let waited = self.drive(async move { tokio::time::timeout(limit, answer).await });
        match waited {
            Some(Ok(Ok(value))) => Ok(value),
            Some(Ok(Err(error))) => {
                if error.code().is_none() {
                    self.broken.set(true);
                }
                Err(fault(error))
            }
            Some(Err(_)) | None => {
                self.broken.set(true);
                Err(timed_out())
            }
        }
    }

    fn drive<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.runtime.as_ref().map(|runtime| runtime.block_on(work))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Without waiting: it may be dropped where nothing may block.
            runtime.shutdown_background();
        }
    }
}

/// An answer that is waited for, or that came.
enum Waited<'a, T> {
    For(Answer<'a, T>),
    Came(T),
}

/// Polls what has not come, in order: the first poll sends a statement, so that they are sent in
/// the order in which they were gathered. The first that went wrong is what is told.
fn poll_all<T>(
    waited: &mut [Waited<'_, T>],
    context: &mut std::task::Context<'_>,
) -> Poll<Result<(), Error>> {
    let mut all = true;
    for one in waited {
        if let Waited::For(answer) = one {
            match answer.as_mut().poll(context) {
                Poll::Ready(Ok(changed)) => *one = Waited::Came(changed),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => all = false,
            }
        }
    }
    match all {
        true => Poll::Ready(Ok(())),
        false => Poll::Pending,
    }
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(
        of: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *of {
            Type::INT8 => Self::Int(i64::from_sql(of, raw)?),
            Type::INT4 => Self::Int(i64::from(i32::from_sql(of, raw)?)),
            Type::BOOL => Self::Int(i64::from(bool::from_sql(of, raw)?)),
            Type::TEXT => Self::Text(<&str>::from_sql(of, raw)?),
            Type::BYTEA => Self::Bytes(raw),
            _ => return Err(format!("a column of type {of}").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, of) {
            (Self::Null, _) => return Ok(IsNull::Yes),
            (Self::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(of, out)?,
            (Self::Int(number), &Type::INT8) => number.to_sql(of, out)?,
            (Self::Text(text), &Type::TEXT) => text.to_sql(of, out)?,
            (Self::Bytes(bytes), &Type::BYTEA) => {
                out.put_slice(bytes);
                IsNull::No
            }
            _ => return Err(format!("a parameter of type {of}").into()),
        };
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Value {
    fn to_sql(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.cell().to_sql(of, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
