// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

/// A room of our own: every warning is an error.
func room(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "binhchon",
  products: [
    .executable(name: "binhchond", targets: ["binhchond"]),
    .executable(name: "binhchon", targets: ["binhchon"]),
  ]
    // For FuzzTesting and Tests/WeekTesting, packages of their own: one by one, for what a fuzzer does not need makes it
    // slow.
    + [
      "Wire", "RPC", "Schema", "Polling", "CSQLite3", "SQLite", "Ledger", "Tallies", "Paper", "Kiosk", "TLS", "Server",
      "FaultRun",
      "SeededRandom",
    ].map { .library(name: $0, targets: [$0]) },
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSQLite3", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "Czip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "Cexpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "Cqrencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),

    room("TLS", ["COpenSSL", nio, nioTLS]),
    room("Wire", [nio]),
    room("RPC", ["Wire", nio, logging]),
    room("Schema", ["RPC", nio, protobuf]),
    room("Polling", []),
    room("SQLite", ["CSQLite3"]),
    room("Ledger", ["Polling", "SQLite", "CSQLite3"], exclude: ["FORMAT.md"]),
    room("Tallies", ["Polling"]),
    room("Paper", ["Polling", "Czip", "Cexpat"]),
    room("Kiosk", ["SQLite", "Polling", "Schema", protobuf]),
    room("CampaignMessages", ["Polling", "Schema"]),
    room("Server", ["RPC", "Schema", "CampaignMessages", "Polling", "Ledger", "SQLite", "Tallies", logging, protobuf]),

    .executableTarget(
      name: "binhchond",
      dependencies: [
        "Server", "Ledger", "Polling", "RPC", "TLS", nio, nioTLS, nioPosix, logging, lifecycle, unixSignals,
        argumentParser,
        yams,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "binhchon",
      dependencies: [
        "COpenSSL", "Cqrencode", "RPC", "TLS", "Schema", "CampaignMessages", "Polling", "Kiosk", "Paper", nio, nioTLS,
        nioPosix, logging, protobuf, argumentParser, yams,
      ],
      swiftSettings: strict),

    tests("TLSTests", ["TLS", "COpenSSL", nio, nioTLS, nioPosix, nioEmbedded]),
    // One seeded generator for all tests that draw at random.
    .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
    // A batch of paper sheets on its way.
    .target(name: "PaperSamples", dependencies: ["Polling"], path: "Tests/PaperSamples", swiftSettings: strict),
    // How many cases a fault harness tries.
    .target(name: "FaultRun", dependencies: ["SeededRandom"], path: "Tests/FaultRun", swiftSettings: strict),
    // Clocks that stand still until a test moves them.
    .target(
      name: "ManualClock", dependencies: ["Tallies", "Polling"], path: "Tests/ManualClock", swiftSettings: strict),
    // What watchers must be shown, counted anew.
    .target(name: "WatchChecking", dependencies: ["Schema"], path: "Tests/WatchChecking", swiftSettings: strict),
    tests("WireTests", ["Wire", "SeededRandom", nio]),
    tests("RPCTests", ["RPC", "SeededRandom", "Wire", "Schema", nio, nioPosix, nioEmbedded, logging, protobuf]),
    tests("SchemaTests", ["Schema", "SeededRandom", nio, protobuf]),
    tests("PollingTests", ["Polling", "PaperSamples", "SeededRandom"]),
    // A disk that fails as told, below SQLite.
    .target(name: "CFaultVFS", dependencies: ["CSQLite3"], path: "Tests/CFaultVFS"),
    tests(
      "LedgerTests",
      ["Ledger", "Polling", "PaperSamples", "SQLite", "CSQLite3", "CFaultVFS", "SeededRandom", "FaultRun"]),
    tests("TalliesTests", ["Tallies", "ManualClock", "Polling"]),
    tests("PaperTests", ["Paper", "Polling", "Czip", "SeededRandom"]),
    // A kiosk process to be killed.
    .executableTarget(
      name: "KioskTapper", dependencies: ["Kiosk", "Polling", "Schema"], path: "Tests/KioskTapper",
      swiftSettings: strict),
    tests(
      "KioskTests",
      [
        "Kiosk", "KioskTapper", "Polling", "Schema", "SeededRandom", "FaultRun", "CSQLite3", "CFaultVFS", protobuf,
      ]),
    tests(
      "ServerTests",
      [
        "Server", "SeededRandom", "FaultRun", "ManualClock", "WatchChecking", "RPC", "Schema", "Polling", "Ledger",
        "Tallies", logging,
      ]),
    tests("ClientTests", ["binhchon", "Kiosk", "Paper", "RPC", "Schema", "TLS", "Polling", protobuf]),
    tests("DaemonTests", ["binhchond", "RPC", "TLS", nio, nioPosix, nioEmbedded, logging]),
    // Reports and exports of the shipped example, held against scripts/recount.
    .testTarget(
      name: "ReportTests",
      dependencies: ["binhchon", "Server", "Ledger", "Polling", "Paper", "RPC", "Schema", "Cexpat", logging],
      exclude: ["Golden"], swiftSettings: strict),
    tests(
      "EndToEndTests",
      [
        "SeededRandom", "FaultRun", "WatchChecking", "binhchon", "COpenSSL", "CSQLite3", "Ledger", "Kiosk", "RPC",
        "Schema",
        "TLS", "Polling", nio, nioPosix, logging, protobuf,
      ]),
  ],
  swiftLanguageModes: [.v6]
)
