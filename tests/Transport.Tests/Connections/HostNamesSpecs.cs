using System.Net;
using System.Net.Sockets;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Tests.Connections;

public sealed class HostNamesSpecs
{
    private static readonly Func<string, Task<IPAddress[]>> KnowsNothing =
        _ => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.TryAgain));

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost")]
    public async Task Localhost_is_this_machine_even_if_the_lookup_does_not_know_it(string name) =>
        Assert.Equal([IPAddress.IPv6Loopback, IPAddress.Loopback], await HostNames.ResolveAsync(name, KnowsNothing));

    [Fact]
    public async Task The_systems_own_address_of_localhost_comes_first() =>
        Assert.Equal(
            [IPAddress.Parse("127.0.0.5")],
            await HostNames.ResolveAsync("localhost", _ => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.5")])));

    [Theory]
    [InlineData("localhost.example")]
    [InlineData("tracker")]
    public async Task Other_names_are_not_this_machine(string name) =>
        await Assert.ThrowsAsync<SocketException>(() => HostNames.ResolveAsync(name, KnowsNothing));
}
