internal import Polling
internal import Schema

/// The full-screen page of `watch`: keys, ticks and answers into the dashboard, and what it wants out of it.
struct DashboardSession: Sendable {
  let service: any PollingService
  let model: WatchModel
  /// Milliseconds between updates; 0: the server's default.
  let interval: UInt32
  let console: Console

  private enum Update: Sendable {
    case event(Dashboard.Event)
    case failed(any Error)
  }

  /// Until `q`, Ctrl-C or a signal; the last figures stay behind as a line.
  func run() async throws {
    let screen = Screen<Update>(style: console.style)
    var board = Dashboard(model)
    var feed = watch(board, screen)
    defer {
      feed.cancel()
      if let line = WatchLine.text(board.watch, unicode: console.errorStyle.unicode) {
        console.say(Text(verbatim: line))
      }
    }
    try await screen.run(&board, tick: .seconds(1)) { board, event in
      let own: Dashboard.Event
      switch event {
      case .key(let key, _): own = .key(key)
      case .tick, .resized: own = .tick
      case .ended: return false
      case .update(.event(let event)): own = event
      case .update(.failed(let error)): throw error
      }
      let isOutdated = board.watch.isOutdated
      for action in board.handle(own, now: Timestamp.now.milliseconds) {
        switch action {
        case .quit: return false
        case .interrupt: throw CancellationError()
        case .watch:
          feed.cancel()
          feed = watch(board, screen)
        case .figures(let view): call(screen) { .figures(await figures(view), of: view) }
        case .alerts: call(screen) { [unit = board.start] in .alerts(await alerts(within: unit)) }
        case .update(let request): call(screen) { .updated(await update(request)) }
        }
      }
      if board.watch.isOutdated, !isOutdated { call(screen) { await poll() } }
      return true
    } draw: { board, size in
      DashboardScreen.render(board, nowMilliseconds: Timestamp.now.milliseconds, size: size, style: console.style)
    }
  }

  // MARK: - Calls

  private func call(_ screen: Screen<Update>, _ work: @escaping @Sendable () async -> Dashboard.Event?) {
    Task { if let event = await work() { screen.post(.event(event)) } }
  }

  private func watch(_ board: Dashboard, _ screen: Screen<Update>) -> Task<Void, Never> {
    let number = board.watchNumber
    let position = WatchPosition(board.watch)
    return Task { [service, interval] in
      do {
        try await TallyFeed(service: service).run {
          position.model.withLock { $0.request(interval: interval) }
        } handle: { event in
          if case .update(let update) = event { position.model.withLock { _ = $0.receive(update) } }
          screen.post(.event(.feed(event, watch: number)))
          return true
        }
      } catch {
        if !Task.isCancelled { screen.post(.failed(error)) }
      }
    }
  }

  private func figures(_ view: Dashboard.View) async -> Result<Dashboard.Figures, Refusal> {
    await refused {
      var request = Binhchon_V1_GetFiguresRequest()
      request.poll = model.poll.id
      request.unit = view.unit
      if model.channel != .unspecified { request.channels = [model.channel] }
      request.groupBy = [.unit]
      request.window = view.window
      let units = try await service.getFigures(request)
      request.groupBy = [.day]
      request.days = .with { days in
        days.from = Day(iso: view.today)?.advanced(by: -13).description ?? ""
      }
      let (course, day) = (request, hours(of: view))
      return Dashboard.Figures(
        units: units, hours: try await published { try await service.getHours(day) },
        days: try await published { try await service.getFigures(course) })
    }
  }

  private func hours(of view: Dashboard.View) -> Binhchon_V1_GetHoursRequest {
    .with { request in
      (request.poll, request.unit) = (model.poll.id, view.unit)
      if model.channel != .unspecified { request.channels = [model.channel] }
    }
  }

  /// Nil: the caller is not told that, or the server knows no such thing.
  private func published<Answer>(_ ask: () async throws -> Answer) async throws -> Answer? {
    do {
      return try await ask()
    } catch let refusal as Refusal where !refusal.isTransient {
      return nil
    }
  }

  private func alerts(within unit: String) async -> Result<[Binhchon_V1_Alert], Refusal> {
    await refused {
      var request = Binhchon_V1_ListAlertsRequest()
      (request.poll, request.unit) = (model.poll.id, unit)
      return try await service.listAlerts(request).alerts
    }
  }

  private func update(_ request: Binhchon_V1_UpdateAlertRequest) async -> Result<Binhchon_V1_Alert, Refusal> {
    var request = request
    request.actID = .init((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    return await refused { [request] in try await service.updateAlert(request) }
  }

  /// Without the new labels the page shows codes; the next newer figures ask again.
  private func poll() async -> Dashboard.Event? {
    (try? await service.poll(named: model.poll.id)).map { .poll($0) }
  }

  private func refused<Value>(_ work: () async throws -> Value) async -> Result<Value, Refusal> {
    do {
      return .success(try await work())
    } catch let refusal as Refusal {
      return .failure(refusal)
    } catch {
      return .failure(Refusal(code: StatusCode.unavailable.rawValue, message: "\(error)"))
    }
  }
}
