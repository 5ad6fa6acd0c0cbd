using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

// One context per area: the generator does not join attributes of several files.
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(TimeModel))]
internal sealed partial class CommonJson : JsonSerializerContext;
