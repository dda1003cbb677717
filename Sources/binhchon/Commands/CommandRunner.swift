import ArgumentParser
import Foundation
internal import Logging
import Synchronization

/// What a command has to work with.
struct CommandContext: Sendable {
  let console: Console
  let environment: ProcessEnvironment
  let flags: ConnectionSettings.Flags

  /// Connects when the first call is made; call `shutdown` on it when done.
  func service() throws(ClientError) -> any PollingService {
    let settings = try ConnectionSettings(flags, environment)
    console.detail(
      Text(
        vi: "máy chủ \(settings.server), chứng thư \(settings.identity.certificate)",
        en: "server \(settings.server), identity \(settings.identity.certificate)"))
    return try RPCPollingService(settings, logger: logger)
  }

  /// Says something only to those who asked for the log.
  var logger: Logger {
    let isChatty = console.verbosity >= 2
    return Logger(label: "binhchon") { label in
      isChatty ? StreamLogHandler.standardError(label: label) as any LogHandler : SwiftLogNoOpLogHandler()
    }
  }

  /// Runs with a service that is shut down afterwards.
  func withService<Result>(_ work: (any PollingService) async throws -> Result) async throws -> Result {
    let service = try service()
    do {
      let result = try await work(service)
      await service.shutdown()
      return result
    } catch {
      await service.shutdown()
      throw error
    }
  }
}

/// A command of ours: runs with a context, says how it went, ends cleanly on signals.
protocol ClientCommand: AsyncParsableCommand, Sendable {
  var options: GlobalOptions { get }

  /// Signals that do nothing to it.
  var ignoredSignals: [Int32] { get }

  /// Throws `ClientError`, `Refusal`, or `CancellationError` after it has said what was done.
  func run(_ context: CommandContext) async throws -> SysExit
}

extension ClientCommand {
  var ignoredSignals: [Int32] { [] }

  func run() async throws {
    let environment = ProcessEnvironment.current
    let context = CommandContext(
      console: options.console(environment), environment: environment, flags: options.flags)
    let status = await CommandRunner.run(context, ignoring: ignoredSignals) { try await self.run(context) }
    throw ExitCode(status)
  }
}

enum CommandRunner {
  /// Runs to the end; returns the process's exit code.
  static func run(
    _ context: CommandContext, ignoring ignored: [Int32] = [], _ work: @escaping @Sendable () async throws -> SysExit
  ) async -> Int32 {
    // A reader that goes away shall not end us before the terminal is back and the last ballot is answered for.
    signal(SIGPIPE, SIG_IGN)
    let task = Task { try await work() }
    let stop = Mutex<(number: Int32, at: ContinuousClock.Instant)?>(nil)
    for number in ignored { signal(number, SIG_IGN) }
    let signals = SignalSource([SIGINT, SIGTERM, SIGHUP].filter { !ignored.contains($0) }) { number in
      let first = stop.withLock { stop in
        defer { stop = stop ?? (number, .now) }
        return stop
      }
      guard let first else { return task.cancel() }
      // Asked again: at once. Not by an echo of the first signal, as `timeout` sends one to the process and one to its
      // group.
      if ContinuousClock.now - first.at > .milliseconds(500) {
        TerminalMode.leave()
        _exit(128 + number)
      }
    }
    defer { signals.cancel() }
    do {
      return try await task.value.rawValue
    } catch is CancellationError {
      let number = stop.withLock { $0?.number ?? 0 }
      context.console.say(Text(vi: "đã dừng theo yêu cầu", en: "stopped as asked"))
      return number == 0 ? SysExit.interrupted.rawValue : 128 + number
    } catch is OutputClosed {
      // As if SIGPIPE had ended us: whoever read our output has enough.
      return 128 + SIGPIPE
    } catch let error as ClientError {
      context.console.report(error)
      return error.status.rawValue
    } catch let refusal as Refusal {
      let error = ClientError(refusal, server: ConnectionSettings.server(context.flags, context.environment))
      context.console.report(error)
      return error.status.rawValue
    } catch {
      context.console.report(
        ClientError(
          .internalError, Text(vi: "lỗi bên trong", en: "internal error"), why: Text(verbatim: "\(error)"),
          next: Text(vi: "xin báo lỗi này cho người làm phần mềm", en: "please report it")))
      return SysExit.internalError.rawValue
    }
  }
}
