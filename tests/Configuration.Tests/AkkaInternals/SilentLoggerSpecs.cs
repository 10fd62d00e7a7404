using Akka.Actor;
using Akka.Configuration;
using TspActors.Configuration.AkkaInternals;

namespace TspActors.Configuration.Tests.AkkaInternals;

/// <summary>Checks that Akka writes nothing to standard output, which is reserved for results.</summary>
public sealed class SilentLoggerSpecs
{
    [Fact]
    public void Akka_finds_the_logger_by_its_name() =>
        Assert.Equal(typeof(SilentLogger), Type.GetType(SilentLogger.ClassName));

    [Fact]
    public async Task Akka_still_uses_the_logger_that_the_setting_names()
    {
        using var system = ActorSystem.Create(
            "quiet", ConfigurationFactory.ParseString($"akka.stdout-logger-class = \"{SilentLogger.ClassName}\""));
        Assert.IsType<SilentLogger>(system.Settings.StdoutLogger);
        await system.Terminate();
    }
}
