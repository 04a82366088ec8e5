// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// A property that returns a span needs this; targets that do not declare one do without it.
let lifetimes: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"), .enableExperimentalFeature("AddressableParameters"),
]

/// Firmware builds these targets as Embedded Swift (Spec/EMBEDDING.md).
let embedded: [SwiftSetting] =
  strict + lifetimes + [.enableExperimentalFeature("Embedded", .when(traits: ["Embedded"]))]

let package = Package(
  name: "pare",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "Pare", targets: ["Pare"]),
    .library(name: "PareFormat", targets: ["PareFormat"]),
    .library(name: "PareInference", targets: ["PareInference"]),
    .library(name: "PareC", type: .static, targets: ["PareC", "CPare"]),
    .executable(name: "pare", targets: ["PareTool"]),
  ],
  traits: [.trait(name: "Embedded", description: "For firmware: no heap, no operating system.")],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CKernels"),
    .target(name: "PareFormat", dependencies: ["CKernels"], swiftSettings: embedded),
    .target(name: "PareInference", dependencies: ["PareFormat", "CKernels"], swiftSettings: embedded),
    .target(name: "CPare"),
    .target(name: "PareC", dependencies: ["CPare", "PareFormat", "PareInference"], swiftSettings: embedded),
    .target(name: "PareEncode", dependencies: ["PareFormat"], swiftSettings: strict + lifetimes),
    .target(
      name: "Pare", dependencies: ["PareFormat", "PareInference", "CKernels", "CZlib"],
      swiftSettings: strict + lifetimes),
    .target(
      name: "PareConvert", dependencies: ["PareFormat", "PareEncode", "Pare", "CZlib"], swiftSettings: strict),
    .target(
      name: "PareCommands", dependencies: ["PareFormat", "PareInference", "PareEncode", "Pare", "PareConvert"],
      swiftSettings: strict),
    .executableTarget(name: "PareTool", dependencies: ["PareCommands"], swiftSettings: strict),
    .executableTarget(
      name: "PareBenchmarks",
      dependencies: ["PareFormat", "PareInference", "PareEncode", "Pare", "PareConvert", "CZlib"],
      path: "Tests/Benchmarks",
      exclude: [
        "coded.py", "entropy.py", "equal_error.py", "images.py", "inference.py", "inference_nam.cpp",
        "inference_peer.h",
        "inference_rtneural.cpp", "integers.py", "lenet.py", "memory.py", "memory.sh", "products.py", "run.sh",
        "sizes.py", "text.py",
      ],
      swiftSettings: strict),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .testTarget(
      name: "ConformanceTests", dependencies: ["PareFormat", "PareInference", "Pare"], path: "Tests/Conformance",
      exclude: [
        "make_fixtures.py", "make_sources.py", "fixture_writer.py", "invalid_fixtures.py", "invalid_payloads.py",
        "make_running.py", "run_model.py", "valid_fixtures.py", "valid_coded.py", "invalid_coded.py", "model_writer.py",
        "valid_models.py",
        "invalid_models.py", "bank_fixtures.py",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PareEncodeTests", dependencies: ["PareEncode", "PareFormat"], exclude: ["QuantizeExpected.py"],
      swiftSettings: strict + lifetimes),
    .testTarget(
      name: "PareInferenceTests", dependencies: ["PareInference", "PareFormat", "PareEncode", "Pare"],
      exclude: ["make_expected.py", "expected.json"],
      swiftSettings: strict + lifetimes),
    .testTarget(
      name: "PareCTests", dependencies: ["PareC", "CPare", "Pare", "PareFormat"], swiftSettings: strict + lifetimes),
    .testTarget(
      name: "PareConvertTests", dependencies: ["PareConvert", "PareEncode", "PareFormat"],
      swiftSettings: strict + lifetimes),
    .testTarget(
      name: "PropertyTests",
      dependencies: ["PareFormat", "PareInference", "PareEncode", "Pare", "CKernels", "AllocationCounter"],
      path: "Tests/Properties",
      swiftSettings: strict + lifetimes),
    .testTarget(
      name: "PareCommandsTests", dependencies: ["PareCommands", "PareFormat", "Pare"], exclude: ["Goldens"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
