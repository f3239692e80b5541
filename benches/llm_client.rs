//! How many requests a second does the client carry, and what do they cost in CPU time and memory? The server answers at
//! once, out of a process of its own; prompts of 4 kB, all different, 1,024 in flight.
//!
//! `cargo bench -p quarry-llm --bench llm_client -- --python PYTHON` runs a bare aiohttp loop in turn, where PYTHON has aiohttp.
//! With `--at URL` any other server is asked, such as `quarry mock`, and the limit is found by the client; then the figure that
//! counts is requests a second against what the server can do.
//! CPU seconds a thousand requests say more than requests a second: client and server share the machine.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use futures::future::{BoxFuture, ready};
use futures::{FutureExt as _, StreamExt as _};
use quarry_llm::{
    Budget, Call, ChatRequest, Client, Concurrency, Entry, Error, Ledger, Message, ModelSettings, Record, Reply,
    RequestHash, Role, Sampling, Transport,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const IN_FLIGHT: u32 = 1024;
const PROMPT_BYTES: usize = 4_000;
const NUM_REQUESTS: u64 = 60_000;
const ROUNDS: usize = 3;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| args.iter().position(|arg| arg == name).and_then(|idx| args.get(idx + 1));
    if args.iter().any(|arg| arg == "--serve") {
        return serve();
    }
    let num_requests = value("--requests").and_then(|num| num.parse().ok()).unwrap_or(NUM_REQUESTS);
    if let Some(base) = value("--at") {
        let started = Instant::now();
        run(num_requests, ask_all(base, num_requests, Arc::new(Forgetful), Concurrency::Auto { max: IN_FLIGHT }));
        return say(&format!("{num_requests} requests in {:.2} s", started.elapsed().as_secs_f64()));
    }
    let fixed = Concurrency::Fixed(IN_FLIGHT);
    let mut server = Server::start()?;
    for round in 0..ROUNDS {
        say(&format!("round {}", round + 1))?;
        let client =
            measure(&server, || run(num_requests, ask_all(&server.base, num_requests, Arc::new(Forgetful), fixed)))?;
        client.show("client alone")?;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("ledger.db");
        let kept = measure(&server, || {
            let Ok(ledger) = Ledger::open(&path) else { return 0 };
            run(num_requests, ask_all(&server.base, num_requests, Arc::new(ledger), fixed))
        })?;
        kept.show("client and ledger")?;
        if let Some(python) = value("--python") {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers/aiohttp_python.py");
            let sizes = [num_requests.to_string(), IN_FLIGHT.to_string(), PROMPT_BYTES.to_string()];
            Command::new(python).arg(script).arg(&server.base).args(sizes).status()?;
        }
    }
    say(&format!("peak memory of this process: {} MB", memory()? / 1024))?;
    server.child.kill()
}

fn run(num_requests: u64, asked: impl Future<Output = u64>) -> u64 {
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else { return 0 };
    let num_good = runtime.block_on(asked);
    assert_eq!(num_good, num_requests, "every call is answered");
    num_good
}

async fn ask_all(base: &str, num_requests: u64, record: Arc<dyn Record>, concurrency: Concurrency) -> u64 {
    let settings = ModelSettings {
        id: "bench".to_owned(),
        endpoints: vec![base.to_owned()],
        concurrency,
        ..ModelSettings::default()
    };
    let models = BTreeMap::from([("teacher".to_owned(), settings)]);
    let Ok(client) = Client::new(models, Budget::default(), Transport::Live, record) else { return 0 };
    let Some(model) = client.model("teacher") else { return 0 };
    let text = "Some words about nothing in particular, again and again. ".repeat(PROMPT_BYTES / 57 + 1);
    let document = text.get(..PROMPT_BYTES).unwrap_or_default();
    let (id, stage) = (Arc::<str>::from("bench"), Arc::<str>::from("ask"));
    let calls = (0..num_requests).map(|number| {
        let user = Message { role: Role::User, content: Arc::from(format!("{number} {document}")) };
        let sampling =
            Sampling { temperature: 0.0, top_p: 1.0, top_k: Some(20), max_tokens: 512, num_samples: 1, seed: number };
        let request = ChatRequest {
            model: Arc::clone(&id),
            revision: None,
            messages: vec![user],
            sampling,
            schema: None,
            attempt: 0,
            template: Arc::clone(&id),
        };
        model.chat.chat(Call { request, stage: Arc::clone(&stage), priority: 0, route: number })
    });
    // As the engine does: a few more rows at work than calls in flight.
    let replies = futures::stream::iter(calls).buffer_unordered(IN_FLIGHT as usize * 5 / 4);
    replies.fold(0, |num_good, reply| ready(num_good + u64::from(reply.is_ok()))).await
}

/// Remembers nothing.
struct Forgetful;

impl Record for Forgetful {
    fn find(&self, _: &RequestHash) -> BoxFuture<'_, Result<Option<Reply>, Error>> {
        ready(Ok(None)).boxed()
    }

    fn keep(&self, _: Entry) -> BoxFuture<'_, Result<(), Error>> {
        ready(Ok(())).boxed()
    }
}

/// What a run took.
struct Measured {
    num_requests: u64,
    wall: f64,
    cpu: f64,
    server_cpu: f64,
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
    fn show(&self, name: &str) -> std::io::Result<()> {
        let thousands = self.num_requests as f64 / 1e3;
        say(&format!(
            "{name}: {:.0} req/s, {:.3} CPU s a thousand (the server {:.3}), {:.2} cores",
            thousands * 1e3 / self.wall,
            self.cpu / thousands,
            self.server_cpu / thousands,
            self.cpu / self.wall,
        ))
    }
}

fn measure(server: &Server, work: impl FnOnce() -> u64) -> std::io::Result<Measured> {
    let (started, cpu, server_cpu) = (Instant::now(), cpu_secs("self")?, server.cpu()?);
    let num_requests = work();
    Ok(Measured {
        num_requests,
        wall: started.elapsed().as_secs_f64(),
        cpu: cpu_secs("self")? - cpu,
        server_cpu: server.cpu()? - server_cpu,
    })
}

/// CPU time of a process, its own and the system's for it.
fn cpu_secs(process: &str) -> std::io::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks: u32 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    Ok(f64::from(ticks) / 100.0)
}

/// Most memory that this process held, in kB.
fn memory() -> std::io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    Ok(line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0))
}

fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}

/// The server, in a process of its own.
struct Server {
    child: Child,
    base: String,
}

impl Server {
    fn start() -> std::io::Result<Server> {
        let mut child = Command::new(std::env::current_exe()?).arg("--serve").stdout(Stdio::piped()).spawn()?;
        let mut base = String::new();
        if let Some(output) = child.stdout.take() {
            std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut base)?;
        }
        Ok(Server { child, base: base.trim().to_owned() })
    }

    fn cpu(&self) -> std::io::Result<f64> {
        cpu_secs(&self.child.id().to_string())
    }
}

/// Answers every request at once with the same bytes.
fn serve() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        say(&format!("http://{}/v1", listener.local_addr()?))?;
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let (socket, _) = listener.accept().await?;
            connections.spawn(answer(socket));
            while connections.try_join_next().is_some() {}
        }
    })
}

async fn answer(mut socket: TcpStream) -> std::io::Result<()> {
    let text = "An answer of some length, as a model would give it. ".repeat(6);
    let body = format!(
        r#"{{"id":"x","object":"chat.completion","created":1,"model":"bench","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":1000,"completion_tokens":80,"total_tokens":1080}}}}"#
    );
    let response =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let mut received = Vec::with_capacity(16 * 1024);
    loop {
        while let Some(len) = request_len(&received) {
            received.drain(..len);
            socket.write_all(response.as_bytes()).await?;
        }
        if socket.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
    }
}

/// The length of the whole request that the bytes begin with.
fn request_len(bytes: &[u8]) -> Option<usize> {
    let head_len = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(bytes.get(..head_len)?).to_ascii_lowercase();
    let body_len: usize =
        head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    (bytes.len() >= head_len + body_len).then_some(head_len + body_len)
}
