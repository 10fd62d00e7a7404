using System.Runtime.InteropServices;

namespace TspActors.Configuration.Hosting;

/// <summary>
/// A handler for the signals that ask a program to exit. It works even while no <see cref="ActorHost"/> is running.
/// </summary>
public sealed class ExitSignals : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];

    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Intercepts the signals, so that they no longer terminate the process by themselves.</summary>
    public ExitSignals() => _registrations = Array.ConvertAll(Signals, signal => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _requested.TrySetResult();
    }));

    /// <summary>Completes at the first signal.</summary>
    public Task Requested => _requested.Task;

    /// <summary>Lets the signals terminate the process again.</summary>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());
}
