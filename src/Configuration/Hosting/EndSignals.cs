using System.Runtime.InteropServices;

namespace TspActors.Configuration.Hosting;

/// <summary>The signals that ask a program to end, from its start to its end: also while one <see cref="ActorHost"/> is on its way out and the next is not there.</summary>
public sealed class EndSignals : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];

    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>From now on they do not end the process by themselves.</summary>
    public EndSignals() => _registrations = Array.ConvertAll(Signals, signal => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _asked.TrySetResult();
    }));

    /// <summary>Ends when the first one came.</summary>
    public Task Asked => _asked.Task;

    /// <summary>From now on they end the process.</summary>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());
}
