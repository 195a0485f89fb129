//! The npm package in pkg/, and the bare core.
//!
//! pkg/ is committed, so that the page opens and a site can embed it with no Rust toolchain. What is committed
//! must be what the source says, so anybody can build it again and gets the same bytes, from any folder: every
//! path that the compiler could write down is mapped to a name that is the same everywhere. The bytes are
//! promised on x86-64 Linux only, because another host's compiler may order its work differently.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wasm_bindgen_cli_support::Bindgen;

use crate::module::Module;
use crate::shell::{cargo, command, output, root, run, scratch};
use crate::toolchain::{self, WASM, rustc, sysroot};
use crate::{Result, bundle, npm};

/// The name of the package's files.
const NAME: &str = "election_playground";
/// How wasm-opt optimises: for speed. On a module of 122 kB, -Oz was 0.4 % smaller; on the reference loop it was 1
/// to 6 % slower, which is little more than the noise. `cargo xtask bench --level -Oz` measures it again.
pub const WASM_OPT_LEVEL: &str = "-O3";

/// A function with one caller moves into it only if it is small. Without a limit wasm-opt undoes every
/// `inline(never)`: what is rare lies in the middle of the event loop again. That was 16 kB more of
/// gzip, and in most measurements 2 to 7 % slower.
const ONE_CALLER: &str = "--one-caller-inline-max-function-size=30";

/// The features that rustc turns on for this target by itself, and nothing beyond them: what wasm-opt may use is
/// what every browser that runs the compiler's output has anyway.
const WASM_FEATURES: [&str; 9] = [
    "--mvp-features",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds pkg/ anew.
///
/// # Errors
/// If a tool is missing, the library does not build, or what came out is not fit to be shipped.
pub fn write() -> Result {
    let folder = root().join("pkg");
    build(&folder)?;
    println!("{}", bundle::sizes(&folder)?);
    Ok(())
}

/// Builds the package in target/ and demands that pkg/ has the same bytes.
///
/// # Errors
/// As [`write()`], or if pkg/ is not what the source says.
pub fn check() -> Result {
    let (committed, fresh) = (root().join("pkg"), scratch().join("pkg"));
    verify(&committed)?;
    build(&fresh)?;
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        println!(
            "The bytes of pkg/ are compared on x86-64 Linux only. Here it was built and looked through, and the \
             digests of its runs are compared by the node tests."
        );
        return Ok(());
    }
    let differences = differences(&committed, &fresh)?;
    if !differences.is_empty() {
        return Err(format!(
            "pkg/ is not what the source says. Run `cargo xtask pkg` and commit pkg/.\n  {}",
            differences.join("\n  ")
        )
        .into());
    }
    println!("pkg/ has the bytes of a fresh build\n{}", bundle::sizes(&committed)?);
    Ok(())
}

/// Builds the engine without the bindings, as the benchmark has it, and demands that it imports nothing: no clock, no
/// randomness, no I/O can be behind a run.
///
/// # Errors
/// If it does not build, or imports anything.
pub fn core() -> Result {
    let wasm = compile("election-bench", &["--lib"], "election_bench")?;
    let module = Module::read(&fs::read(wasm)?)?;
    if let Some((from, name)) = module.imports.first() {
        return Err(format!(
            "the engine imports {name} of {from}, and {} in all; it must import nothing. See which dependency came \
             in with `cargo tree --package election-playground --target {WASM}`.",
            module.imports.len()
        )
        .into());
    }
    println!("the engine imports nothing");
    Ok(())
}

/// Compiles a package of the workspace for wasm, fully optimised and with no local path in it, and gives back
/// the module's file.
///
/// # Errors
/// If it does not build.
pub fn compile(package: &str, options: &[&str], name: &str) -> Result<PathBuf> {
    toolchain::wasm()?;
    let metadata = metadata()?;
    let mut build = cargo();
    build.args(["build", "--release", "--target", WASM, "--package", package]).args(options);
    build.env("CARGO_ENCODED_RUSTFLAGS", remap(&metadata)?.join("\x1f")).env("CARGO_INCREMENTAL", "0");
    // A profile that was changed through the environment would change the bytes.
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("CARGO_PROFILE_") {
            build.env_remove(variable);
        }
    }
    run(&mut build)?;
    let target = metadata["target_directory"].as_str().ok_or("cargo metadata names no target directory")?;
    Ok(Path::new(target).join(WASM).join("release").join(format!("{name}.wasm")))
}

/// Runs wasm-opt over a module.
///
/// # Errors
/// If wasm-opt is missing or fails.
pub fn optimise(from: &Path, to: &Path, level: &str) -> Result {
    npm::ready()?;
    let mut wasm_opt = command("node");
    wasm_opt.arg(npm::tool("binaryen/bin/wasm-opt")).args(WASM_FEATURES);
    wasm_opt.args([level, ONE_CALLER, "--strip-debug", "--strip-producers"]).arg(from).arg("-o").arg(to);
    run(&mut wasm_opt)
}

/// Builds the whole package in a folder, which holds nothing else afterwards.
fn build(folder: &Path) -> Result {
    npm::ready()?;
    let wasm = compile("election-playground", &["--lib", "--features", "wasm"], NAME)?;

    // Put together elsewhere, so that a failure leaves the old package as it was.
    let raw = fresh(&scratch().join("pkg-raw"))?;
    Bindgen::new()
        .input_path(&wasm)
        .out_name(NAME)
        .web(true)?
        .omit_default_module_path(false)
        // After a panic the page lets the dead instance go and takes a new one of the same module.
        .reset_state_function(true)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&raw)?;

    let made = fresh(&scratch().join("pkg-made"))?;
    for ending in [".js", ".d.ts", "_bg.wasm.d.ts"] {
        let file = format!("{NAME}{ending}");
        fs::copy(raw.join(&file), made.join(&file))?;
    }
    let module = format!("{NAME}_bg.wasm");
    optimise(&raw.join(&module), &made.join(&module), WASM_OPT_LEVEL)?;
    bundle::write(&made)?;
    bundle::algorithms(&made)?;
    fs::write(made.join("README.md"), readme())?;
    for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(root().join(license), made.join(license))?;
    }
    fs::write(made.join("package.json"), manifest(&made)?)?;
    verify(&made)?;

    fresh(folder)?;
    for file in tree(&made)? {
        let to = folder.join(&file);
        fs::create_dir_all(to.parent().ok_or("a file without a folder")?)?;
        fs::copy(made.join(&file), to)?;
    }
    Ok(())
}

/// An empty folder.
fn fresh(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_path_buf())
}

/// All files of a folder and of those inside of it, as paths from there, in order.
fn tree(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inside) = open.pop() {
        for entry in fs::read_dir(folder.join(&inside))? {
            let entry = entry?;
            let path = inside.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                files.insert(path);
            }
        }
    }
    Ok(files)
}

/// What cargo knows about the workspace and about the packages that may come into a wasm build, whatever its
/// features.
fn metadata() -> Result<Value> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--all-features", "--filter-platform", WASM]);
    Ok(serde_json::from_str(&output(&mut command)?)?)
}

/// The compiler's flags that give every path a name that is the same on all machines.
///
/// Later flags win over earlier ones, so the general come first. Each package is mapped by the folder that it
/// really lies in: the usual registry, a mirror and a vendored copy all come out the same.
fn remap(metadata: &Value) -> Result<Vec<String>> {
    let mut pairs: Vec<(PathBuf, String)> = Vec::new();
    if let Some(home) = cargo_home() {
        pairs.push((home, "cargo".into()));
    }
    let sysroot = sysroot()?;
    pairs.push((sysroot.clone(), "rust".into()));
    // With the component rust-src the compiler finds the standard library's real files and would name those.
    let version = output(rustc().args(["--version", "--verbose"]))?;
    if let Some(hash) = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")) {
        pairs.push((sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{hash}")));
    }
    pairs.push((root(), "election-playground".into()));
    if let Some(target) = metadata["target_directory"].as_str() {
        pairs.push((target.into(), "target".into()));
    }
    for package in metadata["packages"].as_array().into_iter().flatten() {
        // The members of the workspace have no source: they lie in the root, which is mapped already.
        let of_workspace = package["source"].is_null();
        let (name, version) = (package["name"].as_str(), package["version"].as_str());
        let folder = package["manifest_path"].as_str().and_then(|path| Path::new(path).parent());
        if let (false, Some(name), Some(version), Some(folder)) = (of_workspace, name, version, folder) {
            pairs.push((folder.to_path_buf(), format!("crates/{name}-{version}")));
        }
    }
    Ok(pairs.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect())
}

/// Where cargo keeps what it has downloaded.
fn cargo_home() -> Option<PathBuf> {
    match std::env::var_os("CARGO_HOME") {
        Some(home) => Some(home.into()),
        None => std::env::home_dir().map(|home| home.join(".cargo")),
    }
}

/// The package.json of the package, whose other files are there already.
fn manifest(made: &Path) -> Result<String> {
    let metadata = metadata()?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.into_iter().find(|package| package["name"] == "election-playground");
    let package = package.ok_or("cargo metadata does not know election-playground")?;
    let files: Vec<String> =
        tree(made)?.iter().map(|file| file.to_string_lossy().replace('\\', "/")).collect();
    let manifest = json!({
        "name": "election-playground",
        "version": package["version"],
        "description": package["description"],
        "license": package["license"],
        "keywords": package["keywords"],
        "type": "module",
        "main": format!("{NAME}.js"),
        "types": format!("{NAME}.d.ts"),
        "exports": {
            ".": format!("./{NAME}.js"),
            "./*": "./*",
        },
        "files": files,
        // It defines <election-playground>.
        "sideEffects": ["./element.js"],
    });
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

/// The README.md of the package.
fn readme() -> String {
    "Leader election, simulated. `element.js` with `style.css` is `<election-playground>`, the playground as an \
     element; `index.html` is a page of it; `election_playground.js` is the engine alone, an ES module with its \
     WebAssembly. Any static server can serve this folder. Generated by `cargo xtask pkg`; docs/page.md in the \
     repository describes the element.\n"
        .into()
}

/// Looks through a package: no script makes code from text, so that the page's content security policy can
/// forbid it; the module imports from its glue alone; and nothing tells where it was built.
fn verify(folder: &Path) -> Result {
    let module_name = format!("{NAME}_bg.wasm");
    let scripts = [format!("{NAME}.js"), "element.js".into()];
    for name in scripts.iter().chain([&module_name]) {
        if !folder.join(name).is_file() {
            return Err(format!("{} is missing: run `cargo xtask pkg`", folder.join(name).display()).into());
        }
    }
    let mut faults = Vec::new();
    for name in &scripts {
        let script = fs::read_to_string(folder.join(name))?;
        if script.contains("new Function") || calls(&script, "eval") {
            faults.push(format!("{name} makes code from text: find what brings that in, and do without"));
        }
    }
    let module = Module::read(&fs::read(folder.join(&module_name))?)?;
    let own = format!("./{NAME}_bg.js");
    for (from, name) in module.imports.iter().filter(|(from, _)| *from != own) {
        faults.push(format!("the module imports {name} of {from}; only {own} is known to the page"));
    }
    for custom in &module.customs {
        if custom == "name" || custom == "producers" || custom.starts_with(".debug") {
            faults.push(format!("the module still has its section {custom:?}"));
        }
    }
    let places = places();
    for file in tree(folder)? {
        let bytes = fs::read(folder.join(&file))?;
        for place in &places {
            if bytes.windows(place.len()).any(|window| window == place.as_bytes()) {
                let file = file.display();
                faults
                    .push(format!("{file} names the place {place:?}: map it in remap() of xtask/src/pkg.rs"));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// True if the script calls this function by its whole name.
fn calls(script: &str, name: &str) -> bool {
    script.match_indices(name).any(|(at, _)| {
        let before = script[..at].chars().next_back();
        let starts = before.is_none_or(|it| !it.is_alphanumeric() && it != '_' && it != '$');
        let called = script[at + name.len()..].trim_start().starts_with('(');
        starts && called
    })
}

/// Texts that would tell where a package was built: this machine's folders, those of other people's machines,
/// and the hosts that packages came from.
fn places() -> BTreeSet<String> {
    let usual = ["/home/", "/root/", "/Users/", ":\\Users\\", ".cargo", ".rustup", "registry/src"];
    let mut places: BTreeSet<String> = usual.map(String::from).into();
    // A root such as /src would be found in the names that paths are mapped to.
    if 3 <= root().components().count() {
        places.insert(root().display().to_string());
    }
    if let Some(home) = cargo_home() {
        // A folder here is called as its host, then a dash and a number; that of a local registry has no host.
        for entry in fs::read_dir(home.join("registry").join("src")).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            places.insert(name.rsplit_once('-').map_or(name.clone(), |(host, _)| host.to_string()));
        }
        places.insert(home.display().to_string());
    }
    // A registry that is a local folder has no host.
    places.retain(|place| !place.is_empty());
    places
}

/// How the files of two folders differ, a sentence for each file.
fn differences(left: &Path, right: &Path) -> Result<Vec<String>> {
    let (in_left, in_right) = (tree(left)?, tree(right)?);
    let mut differences = Vec::new();
    for file in in_left.union(&in_right) {
        let name = file.display();
        if !in_right.contains(file) {
            differences.push(format!("{name}: not in a fresh build"));
        } else if !in_left.contains(file) {
            differences.push(format!("{name}: missing"));
        } else {
            let (left, right) = (fs::read(left.join(file))?, fs::read(right.join(file))?);
            let first = left.iter().zip(&right).position(|(left, right)| left != right);
            if let Some(at) = first.or((left.len() != right.len()).then(|| left.len().min(right.len()))) {
                let (left, right) = (left.len(), right.len());
                differences.push(format!("{name}: {left} bytes, fresh {right}; they part at byte {at}"));
            }
        }
    }
    Ok(differences)
}
