// swift-tools-version: 6.2
import PackageDescription

// Weeks of kiosks in one process, and real connections cut at every byte. A package of its own: ten thousand weeks take an
// optimised build, and that of the rooms they need is quick.
func room(_ name: String) -> Target.Dependency { .product(name: name, package: "binhchon") }

let package = Package(
  name: "WeekTesting",
  dependencies: [
    .package(name: "binhchon", path: "../.."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .testTarget(
      name: "WeekTests",
      dependencies: [
        room("FaultRun"), room("SeededRandom"), room("Kiosk"), room("Server"), room("Ledger"), room("Tallies"),
        room("Polling"), room("CSQLite3"), room("SQLite"), room("RPC"), room("Wire"), room("Schema"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: [.treatAllWarnings(as: .error)])
  ],
  swiftLanguageModes: [.v6]
)
