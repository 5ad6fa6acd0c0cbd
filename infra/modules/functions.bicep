@description('What names are made of.')
param name string

param location string

@description('The user-assigned identity: its resource id and its client id.')
param identityId string
param identityClientId string

@description('The account of the functions host, and the container that the app is deployed to.')
param hostAccountName string
param deploymentsUrl string

@description('Where the state is.')
param tablesUrl string

@description('Host name of the Service Bus namespace.')
param serviceBusHostName string

@description('Names of the Application Insights resource and of the key vault, in this resource group.')
param insightsName string
param vaultName string

@description('Who issues the tokens of people and organisations, an OpenID Connect authority, and for whom they must be.')
param tokenAuthority string
param tokenAudience string

@description('The most instances that the app grows to: a guard for the bill and for what is behind it.')
@minValue(40)
@maxValue(1000)
param maximumInstances int

@description('Instances that are kept for HTTP, so that no buyer waits for one to start.')
param alwaysReadyHttp int

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

// The market's queue never waits for an instance to start: that can take two minutes.
var alwaysReadyMarket = [
  {
    name: 'function:HandleMarket'
    instanceCount: 1
  }
]

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: '${name}-app'
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    functionAppConfig: {
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentsUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReadyHttp == 0
          ? alwaysReadyMarket
          : concat(alwaysReadyMarket, [
              {
                name: 'http'
                instanceCount: alwaysReadyHttp
              }
            ])
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
  }
}

@description('No value here is a secret: keys are references that the app resolves with its identity.')
resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__accountName: hostAccountName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    AZURE_CLIENT_ID: identityClientId
    ServiceBus__fullyQualifiedNamespace: serviceBusHostName
    ServiceBus__credential: 'managedidentity'
    ServiceBus__clientId: identityClientId
    Tables__Endpoint: tablesUrl
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    Auth__Authority: tokenAuthority
    Auth__Audience: tokenAudience
    Stripe__ApiKey: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=stripe-api-key)'
    Stripe__WebhookSecret: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=stripe-webhook-secret)'
    Certificates__SigningKey: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=certificate-signing-key)'
  }
}

output appName string = app.name
output url string = 'https://${app.properties.defaultHostName}'
