using System.Runtime.InteropServices;

namespace TspActors.Configuration.Hosting;

/// <summary>
/// Reloads the configuration on SIGHUP, applies the settings that can change while the program is running, and reports which changed keys
/// have taken effect and which need a restart. On Windows, it does this only when <see cref="Reload"/> is called.
/// </summary>
public sealed class ConfigurationReload : IDisposable
{
    private readonly Lock _turn = new();
    private readonly ProgramConfiguration _started;
    private readonly Func<ProgramConfiguration> _load;
    private readonly Func<string, bool> _isLive;
    private readonly Action<ProgramConfiguration> _apply;
    private readonly Action<string> _report;
    private readonly PosixSignalRegistration? _registration;
    private ProgramConfiguration _applied;

    /// <param name="started">The configuration that the program was started with.</param>
    /// <param name="load">Reloads all sources.</param>
    /// <param name="isLive">Whether a key can change while the program is running.</param>
    /// <param name="apply">
    /// Checks a configuration, and applies its live keys. Throws <see cref="SettingsException"/> if a value is invalid.
    /// </param>
    /// <param name="report">Shows a line to the operator.</param>
    public ConfigurationReload(
        ProgramConfiguration started, Func<ProgramConfiguration> load, Func<string, bool> isLive, Action<ProgramConfiguration> apply,
        Action<string> report)
    {
        (_started, _applied, _load, _isLive, _apply, _report) = (started, started, load, isLive, apply, report);
        if (OperatingSystem.IsWindows())
            return;
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            // Otherwise, the signal would terminate the process.
            context.Cancel = true;
            Reload();
        });
    }

    /// <summary>Reloads the configuration now.</summary>
    public void Reload()
    {
        lock (_turn)
        {
            try
            {
                var read = _load();
                _apply(read);
                Report(read);
                _applied = read;
            }
            catch (SettingsException error)
            {
                _report("the reloaded configuration has errors, so the previous one remains in effect:");
                foreach (var problem in error.Problems)
                    _report($"error: {problem}");
            }
        }
    }

    /// <summary>Lets SIGHUP terminate the process again.</summary>
    public void Dispose() => _registration?.Dispose();

    private void Report(ProgramConfiguration read)
    {
        var live = read.KeysThatDiffer(_applied).Where(_isLive).ToList();
        var waiting = read.KeysThatDiffer(_started).Where(key => !_isLive(key)).ToList();
        if (live.Count > 0)
            _report($"the configuration was reloaded; now in effect: {string.Join(", ", live)}");
        if (waiting.Count > 0)
            _report($"the configuration was reloaded; these settings take effect after a restart: {string.Join(", ", waiting)}");
        if (live.Count + waiting.Count == 0)
            _report("the configuration was reloaded; nothing has changed");
    }
}
