// swift-tools-version: 6.2
import PackageDescription

// A package of its own: libFuzzer brings its own main, and nobody who builds the product needs this.
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
func room(_ name: String) -> Target.Dependency { .product(name: name, package: "binhchon") }
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let asLibrary: [SwiftSetting] = [.unsafeFlags(["-parse-as-library"])]

let package = Package(
  name: "FuzzTesting",
  dependencies: [
    .package(name: "binhchon", path: ".."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .executableTarget(name: "FuzzFrames", dependencies: [room("Wire"), nio], swiftSettings: asLibrary),
    .executableTarget(
      name: "FuzzConnection", dependencies: [room("RPC"), room("Wire"), nio], swiftSettings: asLibrary),
    .executableTarget(name: "FuzzRequests", dependencies: [room("RPC"), nio], swiftSettings: asLibrary),
    .executableTarget(name: "FuzzBallots", dependencies: [room("Schema"), protobuf], swiftSettings: asLibrary),
    .executableTarget(
      name: "FuzzIntake", dependencies: [room("Server"), room("Ledger"), room("Schema"), protobuf, logging],
      swiftSettings: asLibrary),
    .executableTarget(name: "FuzzEntries", dependencies: [room("Ledger")], swiftSettings: asLibrary),
    .executableTarget(name: "FuzzTables", dependencies: [room("Paper")], swiftSettings: asLibrary),
    .executableTarget(name: "FuzzWorkbooks", dependencies: [room("Paper")], swiftSettings: asLibrary),
    .executableTarget(name: "FuzzCertificates", dependencies: [room("TLS")], swiftSettings: asLibrary),
  ],
  swiftLanguageModes: [.v6]
)
