//! A SQLite VFS per host: the operating system's, with the host's clock, randomness and disk faults in front.
//!
//! SQLite asks its VFS for the time, so this is the one place where `datetime('now')` and `CURRENT_TIMESTAMP` can be
//! made to say the event's time; and all bytes on their way to the disk pass here, so that a test can fill the disk or
//! break a sync. Everything else goes unchanged to the VFS that SQLite would have used.
//!
//! **Invariant:** this is the only file of the crate with `unsafe`; the modules below it forbid it.
#![allow(unsafe_code)]

mod clock;
mod fault;
mod random;
#[cfg(test)]
mod tests;

use std::cell::UnsafeCell;
use std::ffi::{CString, c_char, c_int, c_void};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};
use rusqlite::{Connection, OpenFlags};

pub(crate) use clock::Clock;
#[cfg(test)]
pub(crate) use fault::Fault;
pub(crate) use fault::Faults;
use fault::WriteVerdict;
pub(crate) use random::Random;

/// Milliseconds of a Julian day, the unit of `xCurrentTime`.
const DAY_MS: f64 = 86_400_000.0;

/// A host's registration with SQLite. Clones share it; the last one to drop takes it back.
#[derive(Clone)]
pub(crate) struct Vfs(Arc<Registration>);

impl Vfs {
    /// Registers a new VFS under a name that no other of this process has.
    ///
    /// # Errors
    ///
    /// When SQLite has no default VFS to put it in front of, or is out of memory.
    pub(crate) fn new(clock: Clock, random: Random) -> rusqlite::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = CString::new(format!("domicile-{}", NEXT.fetch_add(1, Ordering::Relaxed)))?;
        // SAFETY: a null name asks for the default VFS; SQLite initialises itself in this call.
        let real = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
        // SAFETY: `sqlite3_vfs_find` returns null or a registered VFS. The default one is a static of SQLite.
        let Some((size, longest_path)) =
            (unsafe { real.as_ref() }).map(|real| (real.szOsFile, real.mxPathname))
        else {
            return Err(failure(ffi::SQLITE_NOTFOUND));
        };
        let Ok(own_size) = c_int::try_from(size_of::<File>()) else {
            return Err(failure(ffi::SQLITE_INTERNAL));
        };
        let host = Arc::new(Host {
            methods: UnsafeCell::new(sqlite3_vfs {
                // Version 2 has the clock in milliseconds; version 3 only adds hooks for tests of SQLite itself.
                iVersion: 2,
                szOsFile: own_size + size,
                mxPathname: longest_path,
                pNext: ptr::null_mut(),
                zName: name.as_ptr(),
                pAppData: ptr::null_mut(),
                xOpen: Some(open),
                xDelete: Some(delete),
                xAccess: Some(access),
                xFullPathname: Some(full_pathname),
                xDlOpen: Some(dl_open),
                xDlError: Some(dl_error),
                xDlSym: Some(dl_sym),
                xDlClose: Some(dl_close),
                xRandomness: Some(randomness),
                xSleep: Some(sleep),
                xCurrentTime: Some(current_time),
                xGetLastError: Some(get_last_error),
                xCurrentTimeInt64: Some(current_time_int64),
                xSetSystemCall: None,
                xGetSystemCall: None,
                xNextSystemCall: None,
            }),
            real,
            clock,
            random,
            faults: Faults::default(),
            syncs: AtomicU64::new(0),
            name,
        });
        // SAFETY: nobody else knows the structure yet. The pointer stays good, since the `Arc` never moves its content,
        // and it may be used for the counts too, since it comes from the `Arc` and not from a reference.
        unsafe { (*host.methods.get()).pAppData = Arc::as_ptr(&host).cast_mut().cast() };
        // SAFETY: the structure outlives its registration: `Registration` holds it and unregisters when dropped.
        match unsafe { ffi::sqlite3_vfs_register(host.methods.get(), 0) } {
            ffi::SQLITE_OK => Ok(Self(Arc::new(Registration(host)))),
            code => Err(failure(code)),
        }
    }

    /// Opens a connection whose files and clock are this host's.
    ///
    /// # Errors
    ///
    /// As [`Connection::open_with_flags`].
    pub(crate) fn connect(&self, path: &Path, flags: OpenFlags) -> rusqlite::Result<Connected> {
        let connection = Connection::open_with_flags_and_vfs(path, flags, self.host().name.as_c_str())?;
        Ok(Connected { connection, _vfs: self.clone() })
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.host().clock
    }

    pub(crate) fn random(&self) -> &Random {
        &self.host().random
    }

    /// The faults of this host's disk; none until a test sets one.
    pub(crate) fn faults(&self) -> &Faults {
        &self.host().faults
    }

    /// How many times SQLite asked for a file of this host to be made durable, failed requests included.
    #[cfg(test)]
    pub(crate) fn syncs(&self) -> u64 {
        self.host().syncs.load(Ordering::Relaxed)
    }

    fn host(&self) -> &Host {
        &self.0.0
    }
}

/// A connection together with the VFS that it points to.
///
/// **Invariant:** a connection never outlives its VFS. This type holds both, drops the connection first, and lends it
/// only by shared reference, so that it cannot be moved out.
pub(crate) struct Connected {
    connection: Connection,
    _vfs: Vfs,
}

impl Deref for Connected {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Connected {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// Unregisters when dropped.
struct Registration(Arc<Host>);

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: the pointer is the one that was registered. SQLite only takes it out of its list, under its own
        // mutex; a file that is still open (after a connection that could not be closed) holds the `Host` itself.
        unsafe { ffi::sqlite3_vfs_unregister(self.0.methods.get()) };
    }
}

/// What the callbacks reach through `pAppData`. Held by the registration and by every open file.
struct Host {
    methods: UnsafeCell<sqlite3_vfs>,
    real: *mut sqlite3_vfs,
    clock: Clock,
    random: Random,
    faults: Faults,
    syncs: AtomicU64,
    /// Where `methods.zName` points to.
    name: CString,
}

// SAFETY: `methods` is written before it is registered, and then only by SQLite, which guards its list of VFSs (the
// field `pNext`) with a mutex. `real` points to a VFS of SQLite's that is never taken away and is made for use by many
// threads. All other fields are `Send` and `Sync`.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

/// Our part of an open file. The real VFS's part, `real.szOsFile` bytes, begins right behind it.
#[repr(C, align(8))]
struct File {
    /// First, as SQLite demands: it knows the file by its methods alone.
    base: sqlite3_file,
    /// One strong count of the host's `Arc`, given back in `close`.
    host: *const Host,
}

/// The host that a VFS callback was called for.
///
/// # Safety
///
/// `vfs` is the structure of a living [`Host`].
unsafe fn host<'a>(vfs: *mut sqlite3_vfs) -> &'a Host {
    // SAFETY: `Vfs::new` has set `pAppData` to the host that contains the structure. Only that field is read, since
    // SQLite may be changing `pNext`.
    unsafe { &*(*vfs).pAppData.cast::<Host>() }
}

/// The host of a file, the real file in it, and the real file's methods.
///
/// # Safety
///
/// `file` was opened by [`open`] and not yet closed.
unsafe fn parts<'a>(file: *mut sqlite3_file) -> (&'a Host, *mut sqlite3_file, &'a sqlite3_io_methods) {
    let file = file.cast::<File>();
    // SAFETY: `open` has left a host, and right behind our part a real file whose methods are not null. The size of
    // `File` is a multiple of 8, the alignment that SQLite gives to files and that a VFS may count on.
    unsafe {
        let real = file.add(1).cast::<sqlite3_file>();
        (&*(*file).host, real, &*(*real).pMethods)
    }
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let file = file.cast::<File>();
    // SAFETY: SQLite calls with our own structure and with `szOsFile` bytes, aligned to 8, at `file`. The name is
    // handed on as the same pointer, since the real VFS finds URI parameters behind it.
    unsafe {
        let pointer = (*vfs).pAppData.cast::<Host>().cast_const();
        let host = &*pointer;
        let real = file.add(1).cast::<sqlite3_file>();
        // Null methods tell SQLite that there is nothing to close when this fails.
        (*file).base.pMethods = ptr::null();
        (*real).pMethods = ptr::null();
        let Some(open) = (*host.real).xOpen else { return ffi::SQLITE_CANTOPEN };
        let code = open(host.real, name, real, flags, out_flags);
        let Some(methods) = (*real).pMethods.as_ref() else {
            return if code == ffi::SQLITE_OK { ffi::SQLITE_CANTOPEN } else { code };
        };
        if code != ffi::SQLITE_OK {
            // A VFS may fail and still want its half-open file closed.
            if let Some(close) = methods.xClose {
                close(real);
            }
            return code;
        }
        Arc::increment_strong_count(pointer);
        (*file).host = pointer;
        (*file).base.pMethods = match methods.iVersion {
            ..=1 => &METHODS_1,
            2 => &METHODS_2,
            _ => &METHODS_3,
        };
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file that `open` has opened, once, and does not touch it again whatever we return, so
    // the count that `open` took is ours to give back.
    unsafe {
        let (_, real, methods) = parts(file);
        let code = methods.xClose.map_or(ffi::SQLITE_OK, |close| close(real));
        (*file).pMethods = ptr::null();
        Arc::decrement_strong_count((*file.cast::<File>()).host);
        code
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: an open file; `data` has `amount` bytes, and `keep` is less.
    unsafe {
        let (host, real, methods) = parts(file);
        let Some(write) = methods.xWrite else { return ffi::SQLITE_IOERR_WRITE };
        match host.faults.on_write(amount) {
            WriteVerdict::Whole => write(real, data, amount, offset),
            WriteVerdict::Torn { keep } => {
                if keep > 0 {
                    write(real, data, keep, offset);
                }
                ffi::SQLITE_FULL
            }
            WriteVerdict::Error => ffi::SQLITE_IOERR_WRITE,
        }
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: an open file.
    unsafe {
        let (host, real, methods) = parts(file);
        host.syncs.fetch_add(1, Ordering::Relaxed);
        if host.faults.on_sync() {
            return ffi::SQLITE_IOERR_FSYNC;
        }
        methods.xSync.map_or(ffi::SQLITE_IOERR_FSYNC, |sync| sync(real, flags))
    }
}

/// A file method that hands its arguments to the real file, or gives `$absent` when that has no such method.
macro_rules! forward_file {
    ($($name:ident = $member:ident($($argument:ident: $type:ty),*) else $absent:expr;)*) => {$(
        unsafe extern "C" fn $name(file: *mut sqlite3_file, $($argument: $type),*) -> c_int {
            // SAFETY: an open file; the other arguments are SQLite's own, unchanged.
            unsafe {
                let (_, real, methods) = parts(file);
                methods.$member.map_or($absent, |method| method(real, $($argument),*))
            }
        }
    )*};
}

forward_file! {
    read = xRead(data: *mut c_void, amount: c_int, offset: i64) else ffi::SQLITE_IOERR_READ;
    truncate = xTruncate(size: i64) else ffi::SQLITE_IOERR_TRUNCATE;
    file_size = xFileSize(size: *mut i64) else ffi::SQLITE_IOERR_FSTAT;
    lock = xLock(level: c_int) else ffi::SQLITE_IOERR_LOCK;
    unlock = xUnlock(level: c_int) else ffi::SQLITE_IOERR_UNLOCK;
    check_reserved_lock = xCheckReservedLock(out: *mut c_int) else ffi::SQLITE_IOERR_CHECKRESERVEDLOCK;
    file_control = xFileControl(op: c_int, argument: *mut c_void) else ffi::SQLITE_NOTFOUND;
    sector_size = xSectorSize() else 0;
    device_characteristics = xDeviceCharacteristics() else 0;
    shm_map = xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) else ffi::SQLITE_IOERR_SHMMAP;
    shm_lock = xShmLock(offset: c_int, count: c_int, flags: c_int) else ffi::SQLITE_IOERR_SHMLOCK;
    shm_unmap = xShmUnmap(delete: c_int) else ffi::SQLITE_OK;
    fetch = xFetch(offset: i64, amount: c_int, out: *mut *mut c_void) else ffi::SQLITE_IOERR_MMAP;
    unfetch = xUnfetch(offset: i64, page: *mut c_void) else ffi::SQLITE_OK;
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    // SAFETY: an open file.
    unsafe {
        let (_, real, methods) = parts(file);
        if let Some(barrier) = methods.xShmBarrier {
            barrier(real);
        }
    }
}

/// The methods of a file whose real methods are of this version: SQLite reads from the version which of them it may
/// call, so ours must not promise more than the real file has.
const fn methods(version: c_int) -> sqlite3_io_methods {
    sqlite3_io_methods {
        iVersion: version,
        xClose: Some(close),
        xRead: Some(read),
        xWrite: Some(write),
        xTruncate: Some(truncate),
        xSync: Some(sync),
        xFileSize: Some(file_size),
        xLock: Some(lock),
        xUnlock: Some(unlock),
        xCheckReservedLock: Some(check_reserved_lock),
        xFileControl: Some(file_control),
        xSectorSize: Some(sector_size),
        xDeviceCharacteristics: Some(device_characteristics),
        xShmMap: Some(shm_map),
        xShmLock: Some(shm_lock),
        xShmBarrier: Some(shm_barrier),
        xShmUnmap: Some(shm_unmap),
        xFetch: Some(fetch),
        xUnfetch: Some(unfetch),
    }
}

static METHODS_1: sqlite3_io_methods = methods(1);
static METHODS_2: sqlite3_io_methods = methods(2);
static METHODS_3: sqlite3_io_methods = methods(3);

unsafe extern "C" fn current_time_int64(vfs: *mut sqlite3_vfs, out: *mut i64) -> c_int {
    // SAFETY: our own structure, and a place for the answer.
    unsafe { *out = host(vfs).clock.julian_ms() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time(vfs: *mut sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: our own structure, and a place for the answer. A date of this era is far below 2^53 ms.
    unsafe { *out = host(vfs).clock.julian_ms() as f64 / DAY_MS };
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(vfs: *mut sqlite3_vfs, amount: c_int, out: *mut c_char) -> c_int {
    let Ok(length) = usize::try_from(amount) else { return 0 };
    // SAFETY: our own structure, and `amount` bytes at `out`. They may not be initialised, so they are first zeroed.
    unsafe {
        ptr::write_bytes(out, 0, length);
        host(vfs).random.fill(std::slice::from_raw_parts_mut(out.cast::<u8>(), length));
    }
    amount
}

/// A VFS method that hands its arguments to the real VFS, or gives `$absent` when that has no such method.
macro_rules! forward_vfs {
    ($($name:ident = $member:ident($($argument:ident: $type:ty),*) -> $result:ty, else $absent:expr;)*) => {$(
        unsafe extern "C" fn $name(vfs: *mut sqlite3_vfs, $($argument: $type),*) -> $result {
            // SAFETY: our own structure; the real VFS is called with itself, and with SQLite's own arguments unchanged.
            unsafe {
                let real = host(vfs).real;
                match (*real).$member {
                    Some(method) => method(real, $($argument),*),
                    None => $absent,
                }
            }
        }
    )*};
}

/// What `xDlSym` finds; SQLite's header gives it the parameters of `xDlSym` itself.
type Symbol = Option<unsafe extern "C" fn(*mut sqlite3_vfs, *mut c_void, *const c_char)>;

forward_vfs! {
    delete = xDelete(name: *const c_char, sync: c_int) -> c_int, else ffi::SQLITE_IOERR_DELETE;
    access = xAccess(name: *const c_char, flags: c_int, out: *mut c_int) -> c_int, else ffi::SQLITE_IOERR_ACCESS;
    full_pathname = xFullPathname(name: *const c_char, size: c_int, out: *mut c_char) -> c_int,
        else ffi::SQLITE_CANTOPEN;
    dl_open = xDlOpen(name: *const c_char) -> *mut c_void, else ptr::null_mut();
    dl_error = xDlError(size: c_int, out: *mut c_char) -> (), else ();
    dl_sym = xDlSym(library: *mut c_void, symbol: *const c_char) -> Symbol, else None;
    dl_close = xDlClose(library: *mut c_void) -> (), else ();
    sleep = xSleep(microseconds: c_int) -> c_int, else 0;
    get_last_error = xGetLastError(size: c_int, out: *mut c_char) -> c_int, else 0;
}

fn failure(code: c_int) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
}

/// Whether SQLite knows a VFS by this name.
#[cfg(test)]
fn is_registered(name: &std::ffi::CStr) -> bool {
    // SAFETY: a string that ends in a zero byte; the answer is only compared with null.
    !unsafe { ffi::sqlite3_vfs_find(name.as_ptr()) }.is_null()
}
