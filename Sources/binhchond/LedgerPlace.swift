import ArgumentParser
import FoundationEssentials
import Ledger

/// Which ledger a command is about: a directory, or that of a configuration.
struct LedgerPlace: ParsableArguments {
  @Argument(help: "The data directory.")
  var directory: String?

  @Option(help: "The configuration file that names the data directory.")
  var config: String?

  func validate() throws {
    guard (directory == nil) != (config == nil) else {
      throw ValidationError("name the data directory, or --config FILE")
    }
  }

  var path: String {
    get throws {
      if let directory { return directory }
      let file = config ?? ""
      return try Configuration.load(file: file, environment: ProcessInfo.processInfo.environment).dataDirectory
    }
  }
}

extension Failure {
  init(_ error: LedgerFileError) {
    let status: Status =
      switch error.code {
      case .exists: .cannotCreate
      case .missing: .noInput
      case .locked: .tryAgain
      case .damaged: .damagedData
      case .newer, .wrongSecret: .configuration
      default: .ioError
      }
    self.init(status, error.message)
  }
}
