using System.Runtime.InteropServices;

namespace TspActors.Configuration.Hosting;

/// <summary>
/// Keeps SIGHUP from terminating a program that is still starting, until a <see cref="ConfigurationReload"/> can handle the signal. Does
/// nothing on Windows.
/// </summary>
public sealed class EarlyHangUp : IDisposable
{
    private readonly PosixSignalRegistration? _registration;
    private volatile bool _wasSent;

    /// <summary>Intercepts the signal.</summary>
    public EarlyHangUp()
    {
        if (OperatingSystem.IsWindows())
            return;
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _wasSent = true;
        });
    }

    /// <summary>Whether the signal has been received. If so, the configuration must be reloaded.</summary>
    public bool WasSent => _wasSent;

    /// <summary>Stops intercepting the signal.</summary>
    public void Dispose() => _registration?.Dispose();
}
