using Microsoft.AspNetCore.Http;
using TspActors.Gateway.Security;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway.Tests.Security;

/// <summary>Checks how long a browser keeps its cookie.</summary>
public sealed class SessionCookieSpecs : IDisposable
{
    private readonly TempData _data = new();
    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly GatewayDatabase _database;

    public SessionCookieSpecs() => _database = GatewayDatabase.Open(_data.Path, out _);

    public void Dispose()
    {
        _database.Dispose();
        _data.Dispose();
    }

    [Fact]
    public void A_visit_that_extends_the_session_extends_the_cookie_too()
    {
        var settings = new GatewaySettings { Limits = new GatewayLimits { SessionDays = 30 } };
        var devices = new DeviceStore(_data.Path, 2, _clock);
        var sessions = new Sessions(_database, settings.Limits, _clock);
        var gatekeeper = new Gatekeeper(settings, devices, sessions, new LoginTokens(_clock), _clock);
        var cookie = sessions.Begin(devices.Add("browser").Id);

        Assert.Empty(Visit());
        _clock.Advance(TimeSpan.FromHours(2));
        var renewed = Assert.Single(Visit());
        Assert.Contains($"tsp_session={cookie}; max-age={30 * 24 * 60 * 60};", renewed, StringComparison.Ordinal);
        Assert.Empty(Visit());

        string?[] Visit()
        {
            var context = new DefaultHttpContext();
            context.Request.Headers.Cookie = $"tsp_session={cookie}";
            Assert.Equal("browser", gatekeeper.CheckSession(context).Caller!.Device);
            return [.. context.Response.Headers.SetCookie];
        }
    }
}
