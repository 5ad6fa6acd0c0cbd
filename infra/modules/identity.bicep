@description('What the name is made of.')
param name string

param location string

@description('Who the function app is to every other service: no service is reached with a key.')
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
}

output id string = identity.id
output principalId string = identity.properties.principalId
output clientId string = identity.properties.clientId
