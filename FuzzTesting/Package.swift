// swift-tools-version: 6.2
import PackageDescription

// A package of its own: libFuzzer brings its own main, and nobody who builds the product needs this.
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let rooms = Target.Dependency.product(name: "Rooms", package: "binhchon")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let asLibrary: [SwiftSetting] = [.unsafeFlags(["-parse-as-library"])]

let package = Package(
  name: "FuzzTesting",
  dependencies: [
    .package(name: "binhchon", path: ".."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .executableTarget(name: "FuzzFrames", dependencies: [rooms, nio], swiftSettings: asLibrary),
    .executableTarget(name: "FuzzBallots", dependencies: [rooms, protobuf], swiftSettings: asLibrary),
    .executableTarget(name: "FuzzRequests", dependencies: [rooms, nio], swiftSettings: asLibrary),
  ],
  swiftLanguageModes: [.v6]
)
