//! The npm package in pkg/, and the bare core.
//!
//! pkg/ is committed, so that the page opens and a site can embed it without a Rust toolchain. It must match the
//! source, so anyone can rebuild it and get the same bytes, from any folder: every path that the compiler might record
//! is mapped to a name that is the same everywhere. The bytes are guaranteed only on x86-64 Linux, because compilers on
//! other hosts may order their work differently.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wasm_bindgen_cli_support::Bindgen;

use crate::module::Module;
use crate::shell::{cargo, command, output, root, run, scratch};
use crate::toolchain::{self, WASM, rustc, sysroot};
use crate::{Result, bundle, npm};

/// The base name of the package's files.
const NAME: &str = "election_playground";
/// The base name of the engine that a page fetches first, which lacks what only the debugger asks.
const FIRST: &str = "first";
/// wasm-opt optimizes for speed. On a module of 122 kB, -Oz was 0.4 % smaller; on the reference loop it was 1
/// to 6 % slower, little more than the noise. `cargo xtask bench --level -Oz` measures it again.
pub const WASM_OPT_LEVEL: &str = "-O3";

/// A function with one caller is inlined only if it is small. Without a limit wasm-opt undoes every
/// `inline(never)` and moves rare code back into the event loop. That cost 16 kB of gzip and, in most
/// measurements, 2 to 7 % of speed.
const ONE_CALLER: &str = "--one-caller-inline-max-function-size=30";

/// Functions without calls or loops are inlined into all their callers only up to this size; the default is 20. Saves
/// 1 kB of gzip and 12 kB of code.
const WITHOUT_LOOPS: &str = "--flexible-inline-max-function-size=8";

/// Nothing is at the lowest addresses, which are the far end of the stack, so a small constant that is added to an address
/// can become part of the access. Saves 2 kB of gzip.
const LOW_MEMORY: &str = "--low-memory-unused";

/// Functions in the order of their names, so that the instances of a generic function follow each other: gzip finds only
/// what repeats within 32 kB. Saves 11 kB of gzip.
const BY_NAME: &str = "--reorder-functions-by-name";

/// The features that rustc enables by default for this target, and no others: wasm-opt may use only what
/// every browser that runs the compiler's output supports.
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

/// Rebuilds pkg/.
///
/// # Errors
/// If a tool is missing, the library does not build, or the result must not be shipped.
pub fn write() -> Result {
    let folder = root().join("pkg");
    build(&folder)?;
    println!("{}", bundle::sizes(&folder)?);
    Ok(())
}

/// Builds the package in target/ and checks that pkg/ has the same bytes.
///
/// # Errors
/// Like [`write()`], or if pkg/ does not match the source.
pub fn check() -> Result {
    let (committed, fresh) = (root().join("pkg"), scratch().join("pkg"));
    verify(&committed)?;
    build(&fresh)?;
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        println!(
            "The bytes of pkg/ are compared only on x86-64 Linux. On this host it was built and inspected; the Node.js \
             tests compare the digests of its runs."
        );
        return Ok(());
    }
    let differences = differences(&committed, &fresh)?;
    if !differences.is_empty() {
        return Err(format!(
            "pkg/ does not match the source. Run `cargo xtask pkg` and commit pkg/.\n  {}",
            differences.join("\n  ")
        )
        .into());
    }
    println!("pkg/ equals a fresh build\n{}", bundle::sizes(&committed)?);
    Ok(())
}

/// Builds the engine without the bindings, as the benchmark does, and checks that it imports nothing: a run
/// can use no clock, randomness or I/O.
///
/// # Errors
/// If it does not build or has imports.
pub fn core() -> Result {
    let wasm = compile("election-bench", &["--lib"], "election_bench")?;
    let module = Module::read(&fs::read(wasm)?)?;
    if let Some((from, name)) = module.imports.first() {
        return Err(format!(
            "the engine must import nothing, but imports {name} from {from} ({} imports in all). Find the new dependency \
             with `cargo tree --package election-playground --target {WASM}`.",
            module.imports.len()
        )
        .into());
    }
    println!("the engine imports nothing");
    Ok(())
}

/// Compiles a package of the workspace to wasm, fully optimized and without local paths, and returns the
/// module's file.
///
/// # Errors
/// If it does not build.
pub fn compile(package: &str, options: &[&str], name: &str) -> Result<PathBuf> {
    toolchain::wasm()?;
    let metadata = metadata()?;
    let mut build = cargo();
    build.args(["build", "--release", "--target", WASM, "--package", package]).args(options);
    build.env("CARGO_ENCODED_RUSTFLAGS", remap(&metadata)?.join("\x1f")).env("CARGO_INCREMENTAL", "0");
    // A profile changed through the environment would change the bytes.
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("CARGO_PROFILE_") {
            build.env_remove(variable);
        }
    }
    run(&mut build)?;
    let target =
        metadata["target_directory"].as_str().ok_or("cargo metadata does not name a target directory")?;
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
    wasm_opt.args([level, ONE_CALLER, WITHOUT_LOOPS, LOW_MEMORY]);
    wasm_opt.args([BY_NAME, "--strip-debug", "--strip-producers"]).arg(from).arg("-o").arg(to);
    run(&mut wasm_opt)
}

/// Builds the whole package in a folder, replacing its contents.
fn build(folder: &Path) -> Result {
    npm::ready()?;
    // Assembled elsewhere, so that a failure leaves the old package intact.
    let (raw, made) = (fresh(&scratch().join("pkg-raw"))?, fresh(&scratch().join("pkg-made"))?);
    engine(&raw, &made, FIRST, "wasm")?;
    engine(&raw, &made, NAME, "debugger")?;
    bundle::write(&made)?;
    bundle::algorithms(&made)?;
    for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(root().join(license), made.join(license))?;
    }
    describe(&made)?;
    verify(&made)?;

    fresh(folder)?;
    for file in tree(&made)? {
        let to = folder.join(&file);
        fs::create_dir_all(to.parent().ok_or("a file without a folder")?)?;
        fs::copy(made.join(&file), to)?;
    }
    Ok(())
}

/// Rebuilds what comes from www/ and scenarios/ in pkg/, without touching the engine there.
///
/// # Errors
/// As [`bundle::write()`], or if the result must not be shipped.
pub fn refresh() -> Result {
    let folder = root().join("pkg");
    bundle::write(&folder)?;
    describe(&folder)?;
    verify(&folder)
}

/// Writes what the package says of itself. The files that it lists must already be there.
fn describe(folder: &Path) -> Result {
    fs::write(folder.join("README.md"), readme())?;
    fs::write(folder.join("package.json"), manifest(folder)?)?;
    Ok(())
}

/// Builds the engine with these features, under that name.
fn engine(raw: &Path, made: &Path, name: &str, features: &str) -> Result {
    let wasm = compile("election-playground", &["--lib", "--features", features], NAME)?;
    Bindgen::new()
        .input_path(&wasm)
        .out_name(name)
        .web(true)?
        .omit_default_module_path(false)
        // After a panic, the page drops the dead instance and creates a new one from the same module.
        .reset_state_function(true)
        .typescript(true)
        // wasm-opt orders the functions by their names, and then removes the names.
        .remove_name_section(false)
        .remove_producers_section(true)
        .generate(raw)?;
    for ending in [".js", ".d.ts", "_bg.wasm.d.ts"] {
        let file = format!("{name}{ending}");
        fs::copy(raw.join(&file), made.join(&file))?;
    }
    let module = format!("{name}_bg.wasm");
    optimise(&raw.join(&module), &made.join(&module), WASM_OPT_LEVEL)
}

/// An empty folder.
fn fresh(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_path_buf())
}

/// All files of a folder and its subfolders, as sorted relative paths.
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

/// cargo's metadata on the workspace and on the packages that a wasm build may include, with any features.
fn metadata() -> Result<Value> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--all-features", "--filter-platform", WASM]);
    Ok(serde_json::from_str(&output(&mut command)?)?)
}

/// The compiler flags that give every path the same name on all machines.
///
/// Later flags win over earlier ones, so general ones come first. Each package is mapped by its actual
/// folder, so the usual registry, a mirror and a vendored copy all give the same result.
fn remap(metadata: &Value) -> Result<Vec<String>> {
    let mut pairs: Vec<(PathBuf, String)> = Vec::new();
    if let Some(home) = cargo_home() {
        pairs.push((home, "cargo".into()));
    }
    let sysroot = sysroot()?;
    pairs.push((sysroot.clone(), "rust".into()));
    // With the component rust-src, the compiler finds the real files of the standard library and would record
    // their paths.
    let version = output(rustc().args(["--version", "--verbose"]))?;
    if let Some(hash) = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")) {
        pairs.push((sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{hash}")));
    }
    pairs.push((root(), "election-playground".into()));
    if let Some(target) = metadata["target_directory"].as_str() {
        pairs.push((target.into(), "target".into()));
    }
    for package in metadata["packages"].as_array().into_iter().flatten() {
        // Members of the workspace have no source: they are in the root, which is already mapped.
        let of_workspace = package["source"].is_null();
        let (name, version) = (package["name"].as_str(), package["version"].as_str());
        let folder = package["manifest_path"].as_str().and_then(|path| Path::new(path).parent());
        if let (false, Some(name), Some(version), Some(folder)) = (of_workspace, name, version, folder) {
            pairs.push((folder.to_path_buf(), format!("crates/{name}-{version}")));
        }
    }
    Ok(pairs.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect())
}

/// The folder for cargo's downloads.
fn cargo_home() -> Option<PathBuf> {
    match std::env::var_os("CARGO_HOME") {
        Some(home) => Some(home.into()),
        None => std::env::home_dir().map(|home| home.join(".cargo")),
    }
}

/// The package.json of the package, whose other files already exist.
fn manifest(made: &Path) -> Result<String> {
    let metadata = metadata()?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.into_iter().find(|package| package["name"] == "election-playground");
    let package = package.ok_or("cargo metadata does not list election-playground")?;
    // npm adds the manifest itself.
    let files = tree(made)?.into_iter().map(|file| file.to_string_lossy().replace('\\', "/"));
    let files: Vec<String> = files.filter(|file| file != "package.json").collect();
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
        "sideEffects": ["./election-playground.js", "./element.js", "./embed.js"],
    });
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

/// The README.md of the package.
fn readme() -> String {
    "A leader election simulator. `election-playground.js` defines `<election-playground>`, the playground as an \
     element, and turns code blocks marked `election` into it; `index.html` is a page with it; \
     `election_playground.js` is the engine alone, an ES module with its WebAssembly; `first.js` is the part of it that \
     the element fetches first. Any static server can serve this folder. Generated by `cargo xtask pkg`; \
     docs/embedding.md in the repository describes the element.\n"
        .into()
}

/// Checks a package: no script generates code from text, so that the page's content security policy can
/// forbid it; the module imports only from its glue; and nothing reveals where it was built.
fn verify(folder: &Path) -> Result {
    let modules = [format!("{NAME}_bg.wasm"), format!("{FIRST}_bg.wasm")];
    let scripts = [
        format!("{NAME}.js"),
        format!("{FIRST}.js"),
        "election-playground.js".into(),
        "element.js".into(),
        "debugger.js".into(),
        "dialogs.js".into(),
        "embed.js".into(),
        "odds-worker.js".into(),
    ];
    for name in scripts.iter().chain(&modules) {
        if !folder.join(name).is_file() {
            return Err(format!("{} is missing: run `cargo xtask pkg`", folder.join(name).display()).into());
        }
    }
    let mut faults = Vec::new();
    for name in &scripts {
        let script = fs::read_to_string(folder.join(name))?;
        if script.contains("new Function") || calls(&script, "eval") {
            faults.push(format!(
                "{name} generates code from text: find the dependency that does, and remove it"
            ));
        }
    }
    for name in [NAME, FIRST] {
        let module = Module::read(&fs::read(folder.join(format!("{name}_bg.wasm")))?)?;
        let own = format!("./{name}_bg.js");
        for (from, import) in module.imports.iter().filter(|(from, _)| *from != own) {
            faults.push(format!("{name} imports {import} from {from}; the page provides only {own}"));
        }
        for custom in &module.customs {
            if custom == "name" || custom == "producers" || custom.starts_with(".debug") {
                faults.push(format!("{name} still has its section {custom:?}"));
            }
        }
    }
    let places = places();
    for file in tree(folder)? {
        let bytes = fs::read(folder.join(&file))?;
        for place in &places {
            if bytes.windows(place.len()).any(|window| window == place.as_bytes()) {
                let file = file.display();
                faults.push(format!(
                    "{file} contains the path {place:?}: map it in remap() of xtask/src/pkg.rs"
                ));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// True if the script calls the function with exactly this name.
fn calls(script: &str, name: &str) -> bool {
    script.match_indices(name).any(|(at, _)| {
        let before = script[..at].chars().next_back();
        let starts = before.is_none_or(|it| !it.is_alphanumeric() && it != '_' && it != '$');
        let called = script[at + name.len()..].trim_start().starts_with('(');
        starts && called
    })
}

/// Strings that would reveal where a package was built: folders of this and other machines, and the hosts of
/// package registries.
fn places() -> BTreeSet<String> {
    let usual = ["/home/", "/root/", "/Users/", ":\\Users\\", ".cargo", ".rustup", "registry/src"];
    let mut places: BTreeSet<String> = usual.map(String::from).into();
    // A root such as /src would match the names that paths are mapped to.
    if 3 <= root().components().count() {
        places.insert(root().display().to_string());
    }
    if let Some(home) = cargo_home() {
        // These folders are named after their host, a dash and a number; that of a local registry has no
        // host.
        for entry in fs::read_dir(home.join("registry").join("src")).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            places.insert(name.rsplit_once('-').map_or(name.clone(), |(host, _)| host.to_string()));
        }
        places.insert(home.display().to_string());
    }
    // A registry in a local folder has no host.
    places.retain(|place| !place.is_empty());
    places
}

/// The differences between the files of two folders, one sentence per file.
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
                differences.push(format!(
                    "{name}: {left} bytes, fresh build {right}; first difference at byte {at}"
                ));
            }
        }
    }
    Ok(differences)
}
