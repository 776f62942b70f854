//! [`Certs`]: the key endpoint of Cloudflare Access, played on a loopback port, with every request to it counted.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use domicile_identity::access::test::{KeyPair, key_set};

/// Where keys are.
pub const PATH: &str = "/cdn-cgi/access/certs";

/// What the endpoint answers.
#[derive(Debug, Clone)]
pub enum Served {
    /// 200 and this.
    Body(Vec<u8>),
    /// This status, and keys that would be right.
    Status(u16),
    /// A redirect to keys that would be right.
    Redirect,
    /// Keys that would be right, after so long.
    Late(Duration),
    /// Nothing: the connection ends.
    Nothing,
}

impl Served {
    pub fn keys(keys: &[&KeyPair]) -> Self {
        Self::Body(key_set(keys).into_bytes())
    }
}

/// An endpoint. Its thread ends with the test.
pub struct Certs {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    served: Mutex<Served>,
    asked: Mutex<Vec<String>>,
}

impl Certs {
    /// An endpoint with the first key.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let served = Mutex::new(Served::keys(&[&KeyPair::first()]));
        let shared = Arc::new(Shared { served, asked: Mutex::default() });
        let own = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = own.clone();
                thread::spawn(move || {
                    // Who goes away before the answer is none of a test's failures.
                    let _ = shared.answer(stream);
                });
            }
        });
        Self { address, shared }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// Answers so from now on.
    pub fn serve(&self, served: Served) {
        *lock(&self.shared.served) = served;
    }

    /// The request lines that have come, whatever they asked for.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.shared.asked).clone()
    }

    /// How many requests have come.
    pub fn count(&self) -> usize {
        lock(&self.shared.asked).len()
    }
}

impl Shared {
    fn answer(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mut first = String::new();
        stream.read_line(&mut first)?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? <= 2 {
                break;
            }
        }
        let served = lock(&self.served).clone();
        lock(&self.asked).push(first.trim_end().to_owned());
        let right = key_set(&[&KeyPair::first()]).into_bytes();
        let stream = stream.get_mut();
        match served {
            // Where the redirect leads to, there are keys.
            Served::Redirect if !first.contains("/elsewhere") => {
                write(stream, "302 Found\r\nLocation: /elsewhere", b"")
            }
            Served::Body(body) => write(stream, "200 OK", &body),
            Served::Status(status) => write(stream, &format!("{status} No"), &right),
            Served::Late(time) => {
                thread::sleep(time);
                write(stream, "200 OK", &right)
            }
            Served::Redirect => write(stream, "200 OK", &right),
            Served::Nothing => Ok(()),
        }
    }
}

fn write(stream: &mut TcpStream, head: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {head}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
